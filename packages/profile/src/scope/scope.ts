import { digest } from 'lib0/hash/sha256'
import { encodeUtf8 } from 'lib0/string'
import { checkFilter } from '../filter/check.ts'
import { compileFilter, type Match } from '../filter/match.ts'
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

/** No profile, no rows (MB1). */
export const compileScope = (schema: Schema, profile: PublishedProfile | undefined, person: Person): Scope => {
  const rights = rightsOf(schema, person)
  const tables = (profile?.items ?? []).flatMap(item => {
    const scope = tableScope(schema, item, rights, person)
    return scope === undefined ? [] : [[item.table, scope] as const]
  })
  return { tables: new Map(tables) }
}

const tableScope = (schema: Schema, item: ProfileItem, rights: Rights, person: Person): TableScope | undefined => {
  const table = schema.tables.get(item.table)
  const depth = rights.depth(item.table, 'read')
  // a schema newer than the profile may have dropped a table: nothing of it is left to hold
  if (table === undefined || depth === 'none') return undefined
  const selected = selects(schema, table, item, person)
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
const selects = (schema: Schema, table: Table, item: ProfileItem, person: Person): Match | 'every' => {
  const { filter } = item
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
      // published filters were checked, but a schema may have lost a column since: then nothing is held, because
      // a filter that cannot be asked must not let rows through
      if (checkFilter(schema, table.name, filter.where).length > 0) return () => false
      return compileFilter(schema, table.name, filter.where, person)
  }
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
