import type { Column, Reach, Table } from '@rejoin/profile'
import type { Audience, AudienceTable } from './audience.ts'
import { gatherLinked, unlinked } from './linked.ts'
import type { Neighbours, Row } from './neighbours.ts'
import type { Listener } from './table-audience.ts'

/** A row with those who hold it. */
export interface Held<L> {
  readonly row: Row | undefined
  readonly listeners: ReadonlySet<L>
}

/** One state of the rows, before a commit or after it: who holds which, each worked out once. */
export interface Side<L extends Listener> {
  readonly neighbours: Neighbours
  holding(table: AudienceTable<L>, id: string): Promise<Held<L>>
}

export const createSide = <L extends Listener>(audience: Audience<L>, neighbours: Neighbours): Side<L> => {
  const known = new Map<string, Promise<Held<L>>>()

  const holding = (table: AudienceTable<L>, id: string): Promise<Held<L>> => {
    const name = `${table.table.name}/${id}`
    const found = known.get(name) ?? find(table, id)
    known.set(name, found)
    return found
  }

  const find = async (table: AudienceTable<L>, id: string): Promise<Held<L>> => {
    const row = await neighbours.row(table.table.name, id)
    if (row === undefined) return { row, listeners: nobody }
    const linked =
      table.linking === undefined
        ? unlinked
        : await gatherLinked(audience.schema, table.table, table.linking, row, neighbours)
    let listeners = table.selecting(row, linked)
    for (const reach of table.reaches) {
      if (listeners === audience.listeners) break
      listeners = union(listeners, await brought(table, reach, row), audience.listeners)
    }
    return { row, listeners: table.reading(listeners, row) }
  }

  /** Who holds a row that brings this one. */
  const brought = async (table: AudienceTable<L>, reach: Reach, row: Row): Promise<ReadonlySet<L>> => {
    const source = audience.tables.get(reach.by)!
    if (reach.side === 'many') {
      const id = lookupIn(table.table, reach, row)
      return id === undefined ? nobody : (await holding(source, id)).listeners
    }
    let listeners: ReadonlySet<L> = nobody
    for (const { id } of await neighbours.where(source.table, operandFor(source.table, reach), row.id)) {
      listeners = union(listeners, (await holding(source, id)).listeners, audience.listeners)
      if (listeners === audience.listeners) break
    }
    return listeners
  }

  return { neighbours, holding }
}

export const operandFor = (holder: Table, { column }: Reach): { readonly kind: 'column'; readonly column: Column } => ({
  kind: 'column',
  column: holder.byId.get(column)!,
})

export const lookupIn = (holder: Table, { column }: Reach, row: Row): string | undefined => {
  const value = holder.byId.has(column) ? row.fields[column] : undefined
  return typeof value === 'string' ? value : undefined
}

const nobody: ReadonlySet<never> = new Set()

const union = <L>(a: ReadonlySet<L>, b: ReadonlySet<L>, everyone: ReadonlySet<L>): ReadonlySet<L> => {
  if (a === everyone || b === everyone) return everyone
  if (a.size === 0 || a === b) return b
  return b.size === 0 ? a : new Set([...a, ...b])
}
