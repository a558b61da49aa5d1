import { type Fields, type Operand, type Schema, sql, type Table, valueIn } from '@rejoin/profile'
import type { View } from '../storage/storage.ts'

/** A live row of a table. */
export interface Row {
  readonly id: string
  readonly fields: Fields
}

/** The rows around a change, before it or after it: asked one by one, as far as it reaches. */
export interface Neighbours {
  row(table: string, id: string): Promise<Row | undefined>
  /** rows of a table that hold an id in a column, or as their own */
  where(table: Table, operand: Operand, id: string): Promise<readonly Row[]>
}

/** What a commit changed, by table and id; undefined where the row is not, or no more. */
export type Overlay = ReadonlyMap<string, ReadonlyMap<string, Row | undefined>>

/** Thrown where a change reaches more rows than are followed one by one. */
export class TooFar extends Error {}

const MOST_ROWS = 20_000

/** Reads of one view, each made once. */
export const storedNeighbours = (view: View, schema: Schema): Neighbours => {
  const known = new Map<string, Promise<readonly Row[]>>()
  let read = 0

  const ask = async (table: Table, operand: Operand, id: string): Promise<readonly Row[]> => {
    const rows = await view.select<[id: string, json: string]>(dialect => {
      const held = dialect.probe(operand, 'r', { test: 'equal', to: id })
      return sql`select r.id, ${dialect.json('r')} from ${dialect.from('r')}
        where ${dialect.isOf(table.name, 'r')} and ${dialect.isLive('r')} and ${held} limit ${MOST_ROWS}`
    })
    read += 1 + rows.length
    if (read >= MOST_ROWS) throw new TooFar('a change reaches too many rows')
    return rows.map(([rowId, json]) => ({ id: rowId, fields: JSON.parse(json) as Fields }))
  }

  const where: Neighbours['where'] = (table, operand, id) => {
    const name = `${table.name} ${nameOf(operand)} ${id}`
    const found = known.get(name) ?? ask(table, operand, id)
    known.set(name, found)
    return found
  }
  return {
    where,
    row: async (table, id) => (await where(schema.tables.get(table)!, { kind: 'key' }, id))[0],
  }
}

const nameOf = (operand: Operand): string => (operand.kind === 'key' ? '' : operand.column.id)

/** The same with changed rows as they were, or as they are now. */
export const overlaid = (below: Neighbours, overlay: Overlay): Neighbours => ({
  row: async (table, id) => {
    const rows = overlay.get(table)
    return rows?.has(id) === true ? rows.get(id) : below.row(table, id)
  },
  where: async (table, operand, id) => {
    const found = await below.where(table, operand, id)
    const rows = overlay.get(table.name)
    if (rows === undefined) return found
    const changed = [...rows.values()].filter(
      (row): row is Row => row !== undefined && valueIn(operand, row.fields, row.id) === id,
    )
    return [...found.filter(row => !rows.has(row.id)), ...changed]
  },
})
