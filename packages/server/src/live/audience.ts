import {
  columnsIn,
  dependenceOf,
  type DownloadFilter,
  type Filter,
  type Link,
  operandOf,
  type PublishedProfile,
  type Reach,
  relatedItems,
  type Schema,
  type Table,
  validFilter,
} from '@rejoin/profile'
import type { Lens } from './linked.ts'
import { createTableAudience, type Listener, type TableAudience } from './table-audience.ts'

/**
 * Everybody who listens with one profile, and what the profile says of how tables hang together: what brings rows of
 * which table, and whose filters look at which others.
 */
export interface Audience<L extends Listener> {
  readonly schema: Schema
  readonly listeners: ReadonlySet<L>
  add(listener: L): void
  remove(listener: L): void
  /** each after those that bring its rows */
  readonly tables: ReadonlyMap<string, AudienceTable<L>>
}

export interface AudienceTable<L extends Listener> extends TableAudience<L> {
  readonly table: Table
  /** a custom filter that follows links */
  readonly linking: Filter | undefined
  /** what brings its rows */
  readonly reaches: readonly Reach[]
  /** tables whose rows it brings */
  readonly brings: readonly { readonly table: Table; readonly reach: Reach }[]
  /** tables whose filters look at its rows: the links back to them, innermost first */
  readonly seenBy: readonly { readonly table: Table; readonly back: readonly Link[] }[]
  /** its rows alone decide, and decide over no other */
  readonly alone: boolean
  /** column ids that decide who holds a row: where none of them has changed, nobody gained or lost it */
  readonly deciding: ReadonlySet<string>
}

export const createAudience = <L extends Listener>(
  schema: Schema,
  profile: PublishedProfile | undefined,
  lens: Lens,
): Audience<L> => {
  const listeners = new Set<L>()
  const items = (profile === undefined ? [] : relatedItems(schema, profile)).map(({ item, reaches }) => {
    const filter = validFilter(schema, item.table, item.filter)
    return { table: schema.tables.get(item.table)!, filter, reaches: filter.kind === 'all' ? [] : reaches }
  })
  const tables = new Map<string, AudienceTable<L>>()
  for (const { table, filter, reaches } of items) {
    const brings = items.flatMap(other =>
      other.reaches.filter(({ by }) => by === table.name).map(reach => ({ table: other.table, reach })),
    )
    const seenBy = items.flatMap(other => linksTo(other.table, other.filter, table.name))
    const linking = linkingFilter(table, filter)
    tables.set(table.name, {
      ...createTableAudience(schema, table, filter, listeners, lens),
      table,
      linking,
      reaches,
      brings,
      seenBy,
      alone: linking === undefined && reaches.length + brings.length + seenBy.length === 0,
      deciding: decidingColumns(schema, table, items),
    })
  }
  return {
    schema,
    listeners,
    tables,
    add: listener => {
      listeners.add(listener)
      for (const table of tables.values()) table.add(listener)
    },
    remove: listener => {
      listeners.delete(listener)
      for (const table of tables.values()) table.remove(listener)
    },
  }
}

interface Item {
  readonly table: Table
  readonly filter: DownloadFilter
  readonly reaches: readonly Reach[]
}

const linkingFilter = (table: Table, filter: DownloadFilter): Filter | undefined =>
  filter.kind === 'custom' && dependenceOf(table.name, filter.where).tables.size > 0 ? filter.where : undefined

/** Each way by which a table's filter comes to look at rows of another. */
const linksTo = (table: Table, filter: DownloadFilter, seen: string): { table: Table; back: Link[] }[] => {
  if (filter.kind !== 'custom') return []
  const ways: { table: Table; back: Link[] }[] = []
  const follow = (part: Filter, back: readonly Link[]): void => {
    if ('all' in part || 'any' in part) {
      for (const member of 'all' in part ? part.all : part.any) follow(member, back)
    } else if ('link' in part) {
      const further = [part, ...back]
      if (part.table === seen) ways.push({ table, back: further })
      if (part.where !== undefined) follow(part.where, further)
    }
  }
  follow(filter.where, [])
  return ways
}

const decidingColumns = (schema: Schema, table: Table, items: readonly Item[]): ReadonlySet<string> => {
  const columns = new Set<string>()
  const note = (id: string | undefined): void => {
    if (id !== undefined) columns.add(id)
  }
  note(table.ownerId)
  note(table.unitId)
  for (const item of items) {
    for (const { by, column, side } of item.reaches)
      if ((side === 'one' ? by : item.table.name) === table.name) note(column)
    if (item.filter.kind !== 'custom') continue
    for (const name of columnsIn(item.table.name, item.filter.where).get(table.name) ?? []) {
      const operand = operandOf(table, name)
      if (operand?.kind === 'column') note(operand.column.id)
    }
  }
  return columns
}
