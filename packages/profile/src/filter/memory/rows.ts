import type { Fields, Schema } from '../../schema/schema.ts'
import { operandOf, valueIn } from '../operand.ts'

export interface Row {
  readonly id: string
  readonly fields: Fields
}

/** The related rows a link asks for: live ones, and only those that whoever evaluates may let be seen. */
export interface Rows {
  /** the rows of `table` whose `column` (a name, the primary key's too) holds this id */
  where(table: string, column: string, id: string): Iterable<Row>
}

/** Rows held in memory, indexed by a column when a link first asks by it. Rows that change need a new one. */
export const indexRows = (schema: Schema, rows: ReadonlyMap<string, Iterable<Row>>): Rows => {
  const indexes = new Map<string, ReadonlyMap<string, readonly Row[]>>()
  return {
    where: (table, column, id) => {
      const name = `${table}.${column}`
      const index = indexes.get(name) ?? indexBy(schema, table, column, rows.get(table) ?? [])
      indexes.set(name, index)
      return index.get(id) ?? []
    },
  }
}

const indexBy = (schema: Schema, tableName: string, column: string, rows: Iterable<Row>): Map<string, Row[]> => {
  const table = schema.tables.get(tableName)
  const operand = table === undefined ? undefined : operandOf(table, column)
  if (operand === undefined) throw new Error(`a link asks for the unknown column ${tableName}.${column}`)
  const index = new Map<string, Row[]>()
  for (const row of rows) {
    const value = valueIn(operand, row.fields, row.id)
    if (typeof value !== 'string') continue
    const there = index.get(value)
    if (there === undefined) index.set(value, [row])
    else there.push(row)
  }
  return index
}
