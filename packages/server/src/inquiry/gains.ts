import { type Person, type ProfileSource, type Schema, compileScope, type Scope } from '@rejoin/profile'
import { membersOf } from '../scope/members.ts'
import type { View } from '../storage/storage.ts'

/**
 * Who would gain and lose which rows if one version of a profile took the place of another: the rows of both scopes,
 * one against the other.
 */
export interface Gains {
  readonly user: string
  /** only tables in which something differs */
  readonly tables: readonly TableGains[]
}

export interface TableGains {
  readonly table: string
  /** rows */
  readonly gained: number
  readonly lost: number
  /** names of columns that rows held before and after gain and lose */
  readonly columns?: { readonly gained: readonly string[]; readonly lost: readonly string[] }
}

export interface Versions {
  readonly schema: Schema
  readonly before: ProfileSource | undefined
  readonly after: ProfileSource | undefined
  /** ms since 1970 */
  readonly now: number
}

export const gainsOf = async (view: View, versions: Versions, person: Person): Promise<Gains> => {
  const { before, after } = await sidesOf(view, versions, person)
  const counts = await view.counts()
  const tables = [...new Set([...before.scope.tables.keys(), ...after.scope.tables.keys()])]
  return {
    user: person.id,
    tables: tables.flatMap(table => {
      const [had, has] = [before.rowsOf(table), after.rowsOf(table)]
      const gained = missing(had, has, counts.get(table) ?? 0)
      const lost = missing(has, had, counts.get(table) ?? 0)
      const columns = columnsBetween(before.scope, after.scope, table)
      if (gained === 0 && lost === 0 && columns === undefined) return []
      return [{ table, gained, lost, ...(columns === undefined ? {} : { columns }) }]
    }),
  }
}

/** Ids of rows gained, or lost, in id order after `after`; at most `limit`. */
export const gainedIds = async (
  view: View,
  versions: Versions,
  person: Person,
  { table, side, after, limit }: { table: string; side: 'gained' | 'lost'; after: string; limit: number },
): Promise<readonly string[]> => {
  const sides = await sidesOf(view, versions, person)
  const [from, to] = side === 'gained' ? [sides.before, sides.after] : [sides.after, sides.before]
  const [without, rows] = [from.rowsOf(table), to.rowsOf(table)]
  if (without === 'all') return []
  if (rows !== 'all') return [...rows].filter(id => id > after && !without.has(id)).slice(0, limit)
  const ids: string[] = []
  for (let last = after; ids.length < limit;) {
    const page = await view.index(table, last, PAGE)
    for (const row of page) if (!row.deleted && !row.purged && !without.has(row.id)) ids.push(row.id)
    const end = page.at(-1)
    if (end === undefined || page.length < PAGE) break
    last = end.id
  }
  return ids.slice(0, limit)
}

const PAGE = 1_000

/** Ids in order, or the whole table. */
type Rows = ReadonlySet<string> | 'all'

interface Side {
  readonly scope: Scope
  rowsOf(table: string): Rows
}

const sidesOf = async (
  view: View,
  { schema, before, after, now }: Versions,
  person: Person,
): Promise<{ before: Side; after: Side }> => {
  const sideOf = async (profile: ProfileSource | undefined): Promise<Side> => {
    const scope = compileScope(schema, profile && { ...profile, version: 0 }, person, now)
    const members = await membersOf(view, scope)
    const ids = new Map([...members].map(([table, rows]) => [table, new Set(rows.map(({ id }) => id))]))
    return {
      scope,
      rowsOf: table => (scope.tables.get(table)?.everything === true ? 'all' : (ids.get(table) ?? none)),
    }
  }
  return { before: await sideOf(before), after: await sideOf(after) }
}

const none: ReadonlySet<string> = new Set()

/** How many of the second rows are not among the first. @param count of the whole table */
const missing = (from: Rows, rows: Rows, count: number): number => {
  if (from === 'all') return 0
  if (rows === 'all') return count - from.size
  let number = 0
  for (const id of rows) if (!from.has(id)) number++
  return number
}

const columnsBetween = (before: Scope, after: Scope, table: string): TableGains['columns'] => {
  const [had, has] = [before.tables.get(table)?.columns, after.tables.get(table)?.columns]
  if (had === undefined || has === undefined) return undefined
  const names = (ids: ReadonlySet<string>, without: ReadonlySet<string>): string[] =>
    [...ids].filter(id => !without.has(id)).map(id => after.schema.tables.get(table)!.byId.get(id)!.name)
  const columns = { gained: names(has, had), lost: names(had, has) }
  return columns.gained.length + columns.lost.length === 0 ? undefined : columns
}
