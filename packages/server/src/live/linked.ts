import { type Filter, operandOf, type Rows, type Schema, type Table, valueIn } from '@rejoin/profile'
import type { Neighbours, Row } from './neighbours.ts'

/** What compiled filters look at when they follow links: the rows around whichever row is asked about now. */
export interface Lens {
  readonly rows: Rows
  through<T>(rows: Rows, look: () => T): T
}

export const createLens = (): Lens => {
  let present: Rows | undefined
  return {
    rows: {
      where: (table, column, id) => {
        if (present === undefined) throw new Error(`a filter links to ${table} and no rows were gathered for it`)
        return present.where(table, column, id)
      },
    },
    through: (rows, look) => {
      const before = present
      present = rows
      try {
        return look()
      } finally {
        present = before
      }
    },
  }
}

/** All rows a filter can come to by its links from one row. */
export const gatherLinked = async (
  schema: Schema,
  table: Table,
  filter: Filter,
  from: Row,
  neighbours: Neighbours,
): Promise<Rows> => {
  const gathered = new Map<string, readonly Row[]>()
  const follow = async (of: Table, part: Filter, row: Row): Promise<void> => {
    if ('all' in part || 'any' in part) {
      for (const member of 'all' in part ? part.all : part.any) await follow(of, member, row)
      return
    }
    if (!('link' in part)) return
    const to = operandOf(of, part.to)
    const related = schema.tables.get(part.table)
    const by = related === undefined ? undefined : operandOf(related, part.from)
    const id = to === undefined ? undefined : valueIn(to, row.fields, row.id)
    if (related === undefined || by === undefined || typeof id !== 'string') return
    const rows = await neighbours.where(related, by, id)
    gathered.set(nameOf(part.table, part.from, id), rows)
    if (part.where !== undefined) for (const each of rows) await follow(related, part.where, each)
  }
  await follow(table, filter, from)
  return { where: (of, column, id) => gathered.get(nameOf(of, column, id)) ?? [] }
}

const nameOf = (table: string, column: string, id: string): string => `${table} ${column} ${id}`

/** Where nothing is linked to. */
export const unlinked: Rows = { where: () => [] }
