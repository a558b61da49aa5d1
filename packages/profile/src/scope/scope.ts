import { digest } from 'lib0/hash/sha256'
import { encodeUtf8 } from 'lib0/string'
import { checkFilter } from '../filter/check.ts'
import type { Filter } from '../filter/filter.ts'
import { compileFilter, type Match } from '../filter/memory/compile.ts'
import type { Rows } from '../filter/memory/rows.ts'
import { dependenceOf } from '../filter/walk.ts'
import type { Person } from '../profile/person.ts'
import type { ProfileItem, PublishedProfile } from '../profile/profile.ts'
import type { Schema, Table } from '../schema/schema.ts'
import { isOwn, isTeams, isUnits, rightsOf, type Rights } from './rights.ts'

/**
 * The records one person may hold: published profile ∩ read rights, table by table.
 *
 *     holds(record) = the item selects it  and  the person's read right reaches it
 *     columns       = the item's columns   ∩    the columns the person may read
 *
 * Relationships widen a table by rows that other present rows bring. That needs more than one record at a time
 * and is not answered here: `holds` speaks of the item's own filter only, and `related` items select nothing.
 */
export interface Scope {
  /** only tables of which the person may hold anything at all */
  readonly tables: ReadonlyMap<string, TableScope>
}

export interface TableScope {
  readonly table: string
  /** column ids */
  readonly columns: ReadonlySet<string>
  /** names the set of columns, the same on every machine; `*` = all columns of the table */
  readonly columnSet: string
  /** `holds` is true whatever the record is: there is no need to read it */
  readonly everything: boolean
  readonly holds: Match
}

/**
 * No profile, no rows (MB1). Relative dates mean `now` (ms since 1970) for as long as the scope is used. A filter that
 * cannot be asked lets nothing through: one with relative dates without `now`, one with links without `rows`.
 */
export const compileScope = (
  schema: Schema,
  profile: PublishedProfile | undefined,
  person: Person,
  now?: number,
  rows?: Rows,
): Scope => {
  const rights = rightsOf(schema, person)
  const tables = (profile?.items ?? []).flatMap(item => {
    const scope = tableScope(schema, item, rights, { person, now, rows })
    return scope === undefined ? [] : [[item.table, scope] as const]
  })
  return { tables: new Map(tables) }
}

interface Known {
  readonly person: Person
  readonly now: number | undefined
  readonly rows: Rows | undefined
}

const tableScope = (schema: Schema, item: ProfileItem, rights: Rights, known: Known): TableScope | undefined => {
  const table = schema.tables.get(item.table)
  const depth = rights.depth(item.table, 'read')
  // a schema newer than the profile may have dropped a table: nothing of it is left to hold
  if (table === undefined || depth === 'none') return undefined
  const selected = selects(schema, table, item, known)
  const readable: Match | 'every' = depth === 'all' ? 'every' : fields => rights.reaches(table.name, 'read', fields)
  const holds = both(selected, readable)
  const columns = columnsOf(table, item, rights)
  return {
    table: table.name,
    columns,
    columnSet: columnSetOf(table, columns),
    everything: holds === 'every',
    holds: holds === 'every' ? () => true : holds,
  }
}

/** Which rows the item's own filter selects, before relationships. */
const selects = (schema: Schema, table: Table, item: ProfileItem, known: Known): Match | 'every' => {
  const { filter } = item
  const { person } = known
  switch (filter.kind) {
    case 'all':
      return 'every'
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
    case 'custom':
      return customMatch(schema, table, filter.where, known)
  }
}

/** Published filters were checked, but a schema may have lost a column since. */
const customMatch = (schema: Schema, table: Table, where: Filter, { person, now, rows }: Known): Match => {
  if (checkFilter(schema, table.name, where).length > 0) return () => false
  const { clock, tables } = dependenceOf(table.name, where)
  if ((clock && now === undefined) || (tables.size > 0 && rows === undefined)) return () => false
  return compileFilter(schema, table.name, where, { person, now: now ?? 0 }, rows)
}

const both = (a: Match | 'every', b: Match | 'every'): Match | 'every' => {
  if (a === 'every') return b
  if (b === 'every') return a
  return (fields, id) => a(fields, id) && b(fields, id)
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
