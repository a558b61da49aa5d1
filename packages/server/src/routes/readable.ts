import { type Content, type Fields, fieldsToRow, type PlainRow, type Table, type Value } from '@rejoin/profile'
import type { StoredIndex } from '../storage/storage.ts'
import { ApiFailure } from './failure.ts'
import type { Caller } from './signed-in.ts'

/**
 * What a person may see of what is stored: rows his read right reaches, without the columns hidden from him. The
 * profile plays no part here: it limits downloading (OM9).
 */
export interface ApiRow {
  readonly id: string
  readonly rev: number
  /** by column name, the primary key among them; null where there is no value */
  readonly values: PlainRow
}

/** A table the person may read at all; any other is as if it did not exist. */
export const tableFor = ({ environment, rights }: Caller, name: string): Table => {
  const table = environment.schema.tables.get(name)
  if (table === undefined || rights.depth(name, 'read') === 'none') {
    throw new ApiFailure(404, { code: 'no-table', at: `table ${name}`, message: 'there is no such table' })
  }
  return table
}

export const rowFor = ({ rights }: Caller, table: Table, stored: StoredIndex | undefined): ApiRow | undefined => {
  if (stored === undefined || stored.deleted || stored.purged) return undefined
  const fields = JSON.parse(stored.json) as Fields
  if (!rights.reaches(table.name, 'read', fields, stored.id)) return undefined
  return { id: stored.id, rev: stored.rev, values: valuesFor(rights.readable(table.name), table, stored.id, fields) }
}

/** By column name, without the hidden ones. */
export const valuesFor = (readable: ReadonlySet<string>, table: Table, id: string, fields: Fields): PlainRow => {
  const row = fieldsToRow(table, id, fields)
  const hidden = table.columns.filter(column => !readable.has(column.id))
  if (hidden.length === 0) return row
  const names = new Set(hidden.map(({ name }) => name))
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)))
}

/** A record's content by column name, hidden and unknown columns left out. */
export const contentFor = (
  { rights }: Caller,
  table: Table,
  content: Content,
): { values: PlainRow; deleted: boolean } => ({
  values: byName(rights.readable(table.name), table, content.fields),
  deleted: content.deleted,
})

/** Anything kept by column id, by name for who may read it. */
export const byName = <T>(
  readable: ReadonlySet<string>,
  table: Table,
  kept: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> =>
  Object.fromEntries(
    Object.entries(kept).flatMap(([id, value]) => {
      const column = readable.has(id) ? table.byId.get(id) : undefined
      return column === undefined ? [] : [[column.name, value]]
    }),
  )

/** A value from a query string, as its column stores it; the empty text asks for rows without a value. */
export const queryValue = (table: Table, readable: ReadonlySet<string>, name: string, text: string): Test => {
  const column = table.byName.get(name)
  // A hidden column is no column: an answer that depends on it would tell its value.
  if (column === undefined || column.type === 'document' || !readable.has(column.id)) {
    throw new ApiFailure(400, { code: 'unknown-column', at: `column ${name}`, message: 'is not a column of the table' })
  }
  const { id } = column
  if (text === '') return fields => fields[id] === undefined || fields[id] === null
  if (column.type === 'choices') return fields => listOf(fields[id]).some(value => String(value) === text)
  return fields => fields[id] !== undefined && String(fields[id]) === text
}

export type Test = (fields: Fields) => boolean

const listOf = (value: Value | undefined): readonly (string | number)[] =>
  Array.isArray(value) ? (value as readonly (string | number)[]) : []
