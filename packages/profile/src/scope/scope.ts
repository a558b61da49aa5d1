import { digest } from 'lib0/hash/sha256'
import { encodeUtf8 } from 'lib0/string'
import { checkFilter } from '../filter/check.ts'
import { compileFilter, type Match } from '../filter/memory/compile.ts'
import type { Rows } from '../filter/memory/rows.ts'
import { dependenceOf } from '../filter/walk.ts'
import type { Person } from '../profile/person.ts'
import type { DownloadFilter, ProfileItem, PublishedProfile } from '../profile/profile.ts'
import { type Reach, relatedItems } from '../profile/relations.ts'
import type { Depth, Schema, Table } from '../schema/schema.ts'
import { isOwn, isTeams, isUnits, rightsOf, type Rights } from './rights.ts'

/**
 * The records one person may hold: published profile ∩ read rights, table by table.
 *
 *     present(record) = the read right reaches it  and  (the item selects it  or  a present record brings it)
 *     columns         = the item's columns  ∩  the columns the person may read
 *
 * Where relationships bring rows, or a filter links to others, presence needs more than the record at hand. Here stands
 * what the record alone can tell; `scope/sql.ts` asks a database for the whole, and the relay follows changes with it.
 */
export interface Scope {
  readonly schema: Schema
  readonly profile: PublishedProfile | undefined
  readonly person: Person
  /** ms since 1970 */
  readonly now: number
  /** only tables of which the person may hold anything at all; each after those that bring its rows */
  readonly tables: ReadonlyMap<string, TableScope>
}

export interface TableScope {
  readonly table: string
  /** column ids */
  readonly columns: ReadonlySet<string>
  /** names the set of columns, the same on every machine; `*` = all columns of the table */
  readonly columnSet: string
  /** every record is present: there is no need to read it */
  readonly everything: boolean
  /** the record alone tells whether it is present: `holds` is the whole truth */
  readonly alone: boolean
  /** the item selects it and the read right reaches it */
  readonly holds: Match
  /** the item's own filter */
  readonly selects: Match
  readonly reads: Match
  readonly readDepth: Depth
  readonly filter: DownloadFilter
  /** what brings further rows; none where every record is present */
  readonly reaches: readonly Reach[]
}

/**
 * No profile, no rows (MB1). Relative dates mean `now` for as long as the scope is used. A filter that links asks
 * `rows`; without them its own rows can be told by SQL only, and `selects` throws.
 */
export const compileScope = (
  schema: Schema,
  profile: PublishedProfile | undefined,
  person: Person,
  now: number,
  rows?: Rows,
): Scope => {
  const rights = rightsOf(schema, person)
  const tables = new Map<string, TableScope>()
  for (const { item, reaches } of profile === undefined ? [] : relatedItems(schema, profile)) {
    const present = reaches.filter(({ by }) => tables.has(by))
    const scope = tableScope(schema, item, present, rights, { person, now, rows })
    if (scope !== undefined) tables.set(item.table, scope)
  }
  return { schema, profile, person, now, tables }
}

interface Known {
  readonly person: Person
  readonly now: number
  readonly rows: Rows | undefined
}

const tableScope = (
  schema: Schema,
  item: ProfileItem,
  reaches: readonly Reach[],
  rights: Rights,
  known: Known,
): TableScope | undefined => {
  const table = schema.tables.get(item.table)
  const readDepth = rights.depth(item.table, 'read')
  // a schema newer than the profile may have dropped a table: nothing of it is left to hold
  if (table === undefined || readDepth === 'none') return undefined
  const filter = validFilter(schema, table.name, item.filter)
  const selects = selectedBy(schema, table, filter, known)
  const reads: Match = readDepth === 'all' ? every : (fields, id) => rights.reaches(table.name, 'read', fields, id)
  const columns = columnsOf(table, item, rights)
  const links = filter.kind === 'custom' && dependenceOf(table.name, filter.where).tables.size > 0
  return {
    table: table.name,
    columns,
    columnSet: columnSetOf(table, columns),
    everything: selects === every && reads === every,
    alone: selects === every || (reaches.length === 0 && !links),
    holds: both(selects, reads),
    selects,
    reads,
    readDepth,
    filter,
    reaches: selects === every ? [] : reaches,
  }
}

const every: Match = () => true

const both = (a: Match, b: Match): Match => {
  if (a === every) return b
  return b === every ? a : (fields, id) => a(fields, id) && b(fields, id)
}

/** Published filters were checked, but a schema may have lost a column since: such a filter selects nothing. */
export const validFilter = (schema: Schema, table: string, filter: DownloadFilter): DownloadFilter =>
  filter.kind === 'custom' && checkFilter(schema, table, filter.where).length > 0 ? { kind: 'related' } : filter

/** Which rows the item's own filter selects, before relationships. */
const selectedBy = (schema: Schema, table: Table, filter: DownloadFilter, { person, now, rows }: Known): Match => {
  switch (filter.kind) {
    case 'all':
      return every
    case 'related':
      return () => false
    case 'other': {
      const owner = table.ownerId ?? ''
      const unit = table.unitId ?? ''
      return fields =>
        (filter.mine === true && isOwn(fields[owner], person)) ||
        (filter.teams === true && isTeams(fields[owner], person)) ||
        (filter.unit === true && isUnits(fields[unit], person))
    }
    case 'custom': {
      const links = dependenceOf(table.name, filter.where).tables.size > 0
      if (links && rows === undefined) return unanswerable
      return compileFilter(schema, table.name, filter.where, { person, now }, rows)
    }
  }
}

const unanswerable: Match = () => {
  throw new Error('a filter with links was asked without rows to look at')
}

const columnsOf = (table: Table, item: ProfileItem, rights: Rights): ReadonlySet<string> => {
  const readable = rights.readable(table.name)
  if (item.columns === undefined) return readable
  const ids = item.columns.flatMap(name => table.byName.get(name)?.id ?? [])
  return new Set(ids.filter(id => readable.has(id)))
}

/** Redacted bytes are kept under this name: it is long enough that no two sets of one table ever share it. */
const columnSetOf = (table: Table, columns: ReadonlySet<string>): string => {
  if (columns.size === table.columns.length) return '*'
  const names = encodeUtf8([...columns].toSorted().join(' '))
  return Array.from(digest(names).subarray(0, 12), byte => byte.toString(16).padStart(2, '0')).join('')
}
