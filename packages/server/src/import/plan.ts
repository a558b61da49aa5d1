import { failed, ok, type Column, type Fault, type Fields, type Result, type Table } from '@rejoin/profile'
import type { MappedColumn, Mapping } from './mapping.ts'

/** A mapping laid over a header and a table: which cell goes where. Made once per file, before anything is written. */
export interface Plan {
  /** cells every row must have */
  readonly width: number
  readonly key: { readonly at: number; readonly name: string }
  readonly columns: readonly PlannedColumn[]
  readonly zone: string
  /** owner and unit, by column id, for rows that name none */
  readonly owned: Fields
}

export interface PlannedColumn {
  readonly at: number
  readonly mapped: MappedColumn
  readonly column: Column
}

export const planColumns = (header: readonly string[], mapping: Mapping, table: Table): Result<Plan> => {
  const names = header.map(name => name.trim())
  const faults: Fault[] = []
  const find = (name: string): number => {
    const at = names.indexOf(name)
    if (at === -1) faults.push(missing(name, names))
    else if (names.includes(name, at + 1)) {
      faults.push({ code: 'csv-header', at: 'line 1', message: `the header ${name} is there twice` })
    }
    return at
  }
  const key = { at: find(mapping.key.column), name: mapping.key.column }
  const columns = mapping.columns.flatMap((mapped): PlannedColumn[] => {
    const at = find(mapped.from)
    const column = table.byName.get(mapped.to)
    const place = `table ${table.name}, column ${mapped.to}`
    if (column === undefined) {
      const fix = 'add it to the schema or take it out of the mapping'
      faults.push({ code: 'mapping-table', at: place, message: 'is in the mapping but not in the table', fix })
    } else if (column.type !== mapped.type) {
      const message = `is a ${column.type} in the table and a ${mapped.type} in the mapping`
      faults.push({ code: 'mapping-table', at: place, message })
    } else return [{ at, mapped, column }]
    return []
  })
  const owned: Record<string, string> = {}
  if (mapping.owner !== undefined && table.ownerId !== undefined) owned[table.ownerId] = mapping.owner
  if (mapping.unit !== undefined && table.unitId !== undefined) owned[table.unitId] = mapping.unit
  if (faults.length > 0) return failed(...unique(faults))
  return ok({ width: header.length, key, columns, zone: mapping.timeZone ?? 'utc', owned })
}

const missing = (name: string, names: readonly string[]): Fault => {
  const near = names.find(each => each.toLowerCase() === name.toLowerCase())
  const listed = names.slice(0, 30).join(', ')
  const fix = near === undefined ? `the file has ${listed}` : `the file has ${near}: write it so in the mapping`
  return { code: 'csv-header', at: 'line 1', message: `the header ${name} is missing`, fix }
}

const unique = (faults: readonly Fault[]): Fault[] => [
  ...new Map(faults.map(fault => [`${fault.at}: ${fault.message}`, fault])).values(),
]
