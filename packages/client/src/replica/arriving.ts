import type { ChangesMessage, Position } from '@rejoin/profile'
import type { Finished, Touched } from './draft.ts'
import { putMeta, putRow } from './keys.ts'
import { generationIn, keyOf, later, type Memory, type Meta, type RecordKey, type Row } from './memory.ts'
import { replacing } from './rows.ts'

/**
 * The straight way of what a relay tells, and nearly all a live session hears: rows for a device whose outbox is empty.
 * No edit is answered or stood on, so nothing follows from a row but that it replaces the one before, and there is
 * nothing to decide on a draft.
 */
export interface Arriving extends Finished {
  /** rows that were taken */
  readonly rows: number
}

/**
 * @param upTo everything up to here is held then
 * @returns undefined where edits of the device may be concerned: that is for a draft (takeChanges)
 */
export const arriving = (
  memory: Memory,
  { rows, gone, answers }: ChangesMessage,
  upTo: Position | undefined,
): Arriving | undefined => {
  if (memory.entries.size > 0 || gone.length > 0 || answers.length > 0) return undefined
  // A value of the device's own may be replaced by it, which is to be remembered (replaced.ts).
  if (memory.authored.size > 0 && rows.some(row => memory.authored.has(keyOf(row)))) return undefined
  const { taken, count } = takenOf(memory, rows)
  const cursor = upTo === undefined ? memory.meta.cursor : later(upTo, memory.meta.cursor)
  const moved = cursor !== undefined && cursor !== memory.meta.cursor
  const meta = moved ? { ...memory.meta, cursor } : memory.meta
  const changes = moved ? [putMeta('cursor', cursor)] : []
  for (const { key, row } of taken) changes.push(putRow(key, row))
  return { rows: count, changes, apply: () => applyTo(memory, taken, meta) }
}

type Told = ChangesMessage['rows'][number]

interface Taken extends RecordKey {
  readonly key: string
  readonly row: Row
}

const take = ({ rows, tables }: Memory, told: Told, held = rows.get(told.table)?.get(told.id)): Taken | undefined => {
  const row = replacing(held, generationIn(tables.get(told.table)), told.envelope)
  return row === undefined ? undefined : { table: told.table, id: told.id, key: keyOf(told), row }
}

/** By record, the last of each; nearly every message tells of one row, which needs no map. */
const takenOf = (
  memory: Memory,
  rows: readonly Told[],
): { readonly taken: readonly Taken[]; readonly count: number } => {
  if (rows.length === 1) {
    const taken = take(memory, rows[0]!)
    return taken === undefined ? { taken: [], count: 0 } : { taken: [taken], count: 1 }
  }
  const taken = new Map<string, Taken>()
  let count = 0
  for (const told of rows) {
    const one = take(memory, told, taken.get(keyOf(told))?.row)
    if (one === undefined) continue
    taken.set(one.key, one)
    count++
  }
  return { taken: [...taken.values()], count }
}

const applyTo = (memory: Memory, taken: readonly Taken[], meta: Meta): Touched => {
  const records = new Set<string>()
  for (const { key, table, id, row } of taken) {
    let ofTable = memory.rows.get(table)
    if (ofTable === undefined) memory.rows.set(table, (ofTable = new Map()))
    ofTable.set(id, row)
    records.add(key)
  }
  memory.meta = meta
  return { records, tables: none, outbox: false, ledger: false, drafts: false, state: false }
}

const none: ReadonlySet<string> = new Set()
