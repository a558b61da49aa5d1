import type { Depth, DownloadFilter, ProfileItem, PublishedProfile } from '@rejoin/profile'
import { relationships, tableNamed } from '../schema.ts'
import type { Row, State } from '../state.ts'
import { type Asker, selects } from './filter.ts'

/**
 * What a user's device should hold, from STATEMENTS.md and DESIGN.md section 7 alone: row by row, from scratch, with
 * nothing of the code it judges.
 *
 *     present(table) = rows the read right reaches, and that the item's filter selects or a present row brings
 */
export type Holding = ReadonlyMap<string, ReadonlyMap<string, Row>>

export const holdingOf = (state: State, user: string): Holding => {
  const asker = askerOf(state, user)
  const profile = profileOf(state, asker)
  const items = new Map((profile?.items ?? []).map(item => [item.table, item]))
  const known = new Map<string, boolean>()
  const present = (table: string, id: string): boolean => {
    const key = `${table}/${id}`
    const answer = known.get(key) ?? isPresent(table, id)
    known.set(key, answer)
    return answer
  }
  const isPresent = (table: string, id: string): boolean => {
    const [item, row] = [items.get(table), state.rows.get(table)?.get(id)]
    if (item === undefined || row === undefined || !reads(state, asker, table, id, row)) return false
    return chosen(state, asker, item, id, row) || broughtBy(state, item, id, row).some(([by, of]) => present(by, of))
  }
  return new Map(
    [...items].map(([table, item]) => {
      const columns = columnsOf(state, asker, item)
      const rows = [...(state.rows.get(table) ?? [])].filter(([id]) => present(table, id))
      return [table, new Map(rows.map(([id, row]) => [id, only(row, columns)]))]
    }),
  )
}

const only = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => columns.includes(column)))

/** PR4, PR7. */
const chosen = (state: State, asker: Asker, { table, filter }: ProfileItem, id: string, row: Row): boolean =>
  selected(filter, asker, row, where => selects(state, asker, table, where, id, row))

type Where = Extract<DownloadFilter, { kind: 'custom' }>['where']

const selected = (filter: DownloadFilter, asker: Asker, row: Row, custom: (where: Where) => boolean): boolean => {
  const [owner, unit] = [row['ownerid'], row['owningbusinessunit']]
  switch (filter.kind) {
    case 'related':
      return false
    case 'all':
      return true
    case 'other':
      return (
        (filter.mine === true && owner === asker.id) ||
        (filter.teams === true && asker.teams.includes(String(owner))) ||
        (filter.unit === true && asker.unit !== undefined && unit === asker.unit)
      )
    case 'custom':
      return custom(filter.where)
  }
}

/** PR16, PR17: the rows that would bring this one, were they present. */
const broughtBy = (state: State, { table, relationships: names = [] }: ProfileItem, id: string, row: Row) =>
  names.flatMap((name): [string, string][] => {
    const { from, to } = relationships.find(each => each.name === name)!
    const [holder = '', column = ''] = from.split('.')
    if (holder === table) return [[to, String(row[column] ?? '')]]
    return [...(state.rows.get(holder) ?? [])].flatMap(([other, fields]): [string, string][] =>
      fields[column] === id ? [[holder, other]] : [],
    )
  })

/** SE5: roles add up. */
const rolesOf = (state: State, { id, teams }: Asker) =>
  [...new Set([...state.users.get(id)!.roles, ...teams.flatMap(team => state.teams.get(team)?.roles ?? [])])].flatMap(
    name => state.roles.get(name) ?? [],
  )

const rightsOf = (state: State, asker: Asker, table: string) =>
  rolesOf(state, asker).flatMap(({ tables }) => tables[table] ?? tables['*'] ?? [])

const depths: readonly Depth[] = ['none', 'own', 'team', 'unit', 'all']

/**
 * SE5: rows I own, my teams own, my business unit owns, every row; shared ones where roles read any at all. Where rows
 * have no owner to ask for, whoever reads any reads all.
 */
const reads = (state: State, asker: Asker, table: string, id: string, row: Row): boolean => {
  const depth = Math.max(0, ...rightsOf(state, asker, table).map(({ read = 'none' }) => depths.indexOf(read)))
  const owner = String(row['ownerid'])
  const isShared = state.shares.some(
    share =>
      share.table === table &&
      share.record === id &&
      share.rights.includes('read') &&
      [asker.id, ...asker.teams].includes(share.with),
  )
  const isOwned = ['user', 'business'].includes(tableNamed(table).ownership)
  return (
    depth >= (isOwned ? 4 : 1) ||
    (depth >= 3 && asker.unit !== undefined && row['owningbusinessunit'] === asker.unit) ||
    (depth >= 2 && asker.teams.includes(owner)) ||
    (depth >= 1 && (owner === asker.id || isShared))
  )
}

/** PR12, SE5: what the item selects and at least one role that reads the table does not hide. */
const columnsOf = (state: State, asker: Asker, { table, columns }: ProfileItem): readonly string[] => {
  const reading = rightsOf(state, asker, table).filter(({ read = 'none' }) => read !== 'none')
  return tableNamed(table).columns.flatMap(({ name }) =>
    (columns === undefined || columns.includes(name)) && reading.some(({ hidden = [] }) => !hidden.includes(name))
      ? [name]
      : [],
  )
}

/** MB3: direct membership, then team membership, then the app's default; of several the newest. */
const profileOf = (state: State, asker: Asker): PublishedProfile | undefined => {
  const attached = state.assignments.filter(({ profile }) => state.app.profiles.includes(profile))
  const direct = attached.filter(({ to, id }) => to === 'user' && id === asker.id)
  const byTeam = attached.filter(({ to, id }) => to === 'team' && asker.teams.includes(id))
  const level = direct.length > 0 ? direct : byTeam
  const newest = level.toSorted((a, b) => b.at - a.at)[0]?.profile ?? state.app.default
  return newest === undefined ? undefined : state.profiles.get(newest)?.published?.profile
}

/** How deep the hierarchy counts where nothing else is set. */
const LEVELS = 3

const askerOf = (state: State, id: string): Asker => {
  const user = state.users.get(id)!
  const teamsOf = (of: string): string[] =>
    [...state.teams.values()].flatMap(team => (team.members.includes(of) ? [team.id] : []))
  const reports = (of: string): string[] =>
    [...state.users.values()].flatMap(each => (each.manager === of ? [each.id] : []))
  let level = [id]
  const below = Array.from({ length: LEVELS }).flatMap(() => (level = level.flatMap(reports)))
  return {
    id,
    unit: user.unit,
    teams: teamsOf(id),
    below,
    teamsBelow: below.flatMap(teamsOf),
    zone: user.timeZone ?? 'UTC',
    language: user.language,
  }
}
