import { isRecordId, type Fields, type Value } from '@rejoin/profile'
import { readCell } from './cell.ts'
import type { Plan } from './plan.ts'
import type { Refused, Repaired } from './report.ts'

/** A row as fields, or everything that is wrong with it. The caller knows where it stands in the file. */
export type Row =
  | {
      readonly ok: true
      readonly key: string
      readonly fields: Fields
      readonly repairs: readonly Placeless<Repaired>[]
    }
  | { readonly ok: false; readonly refusals: readonly Placeless<Refused>[] }

type Placeless<T> = Omit<T, 'row' | 'line'>

export const readRow = (cells: readonly string[], plan: Plan): Row => {
  if (cells.length !== plan.width) {
    const why = `has ${cells.length} cells where the header has ${plan.width}`
    return { ok: false, refusals: [{ kind: 'columns', why }] }
  }
  const repairs: Placeless<Repaired>[] = []
  const refusals: Placeless<Refused>[] = []
  const key = (cells[plan.key.at] ?? '').trim()
  if (key === '') refusals.push({ kind: 'key', column: plan.key.name, why: 'the key is empty' })
  else if (!isRecordId(key)) {
    const why = 'the key must be 1 to 64 of letters, digits and . _ : -'
    refusals.push({ kind: 'key', column: plan.key.name, why })
  }
  const fields: Record<string, Value> = { ...plan.owned }
  for (const { at, mapped, column } of plan.columns) {
    const cell = readCell(cells[at] ?? '', mapped, column, plan.zone)
    if (!cell.ok) {
      refusals.push({ kind: cell.kind, column: mapped.from, why: cell.why })
      continue
    }
    for (const repair of cell.repairs) repairs.push({ ...repair, column: mapped.from })
    if (cell.value !== null) fields[column.id] = cell.value
  }
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, key, fields, repairs }
}
