import type { Right, RoleSource } from '@rejoin/profile'
import type { Entry } from '../storage/storage.ts'

/**
 * Who people are: business units, teams, users with their managers, roles, and the records shared with them, as an
 * administrator keeps them. What filters and rights ask of a user is worked out from it (`resolvePerson`).
 *
 *     unit ◄── user ──► manager (a user)
 *      ▲        ▲ ▲
 *      └─ team ─┘ └── share (one record, with a user or a team)
 *
 * Users and teams own records alike, so their ids are of one space. A directory is never changed: `amended` gives the
 * next one, which shares with it whatever stayed the same.
 */
export interface Unit {
  readonly id: string
  readonly name: string
  /** the unit above */
  readonly parent?: string
}

export interface Team {
  readonly id: string
  readonly name: string
  readonly unit?: string
  /** user ids */
  readonly members: readonly string[]
  /** every member has them too */
  readonly roles?: readonly string[]
}

export interface User {
  readonly id: string
  readonly name: string
  readonly unit?: string
  /** user id; who stands above in the hierarchy */
  readonly manager?: string
  readonly roles: readonly string[]
  /** IANA name */
  readonly timeZone?: string
  readonly language?: number | string
  /** what the user does, for people to read */
  readonly position?: string
}

/** A user who was removed: known, so that a device of his is told to give everything up (MB6). */
export interface Leaver {
  readonly id: string
}

/** One record opened to one user or team, beside what roles give (DS5). */
export interface Share {
  readonly table: string
  readonly record: string
  /** user or team id */
  readonly with: string
  readonly rights: readonly SharedRight[]
}

export type SharedRight = Exclude<Right, 'create'>

/** A directory as files and tests write it. */
export interface DirectorySource {
  readonly units?: readonly Unit[]
  readonly teams?: readonly Team[]
  readonly users?: readonly User[]
  readonly roles?: readonly RoleSource[]
  readonly shares?: readonly Share[]
  /** how many levels below a manager count in hierarchy operators (FI2); default 3 */
  readonly levels?: number
}

interface Parts {
  readonly units: ReadonlyMap<string, Unit>
  readonly teams: ReadonlyMap<string, Team>
  readonly users: ReadonlyMap<string, User>
  readonly leavers: ReadonlyMap<string, Leaver>
  readonly roles: ReadonlyMap<string, RoleSource>
  /** by receiver, then by `shareId` */
  readonly shares: ReadonlyMap<string, ReadonlyMap<string, Share>>
  readonly levels: number
}

export interface Directory extends Parts {
  /** ids of the teams a user is in */
  teamsOf(user: string): readonly string[]
  /** ids of those who name a user as their manager */
  reportsOf(user: string): readonly string[]
}

const LEVELS = 3
export const HIERARCHY = { kind: 'environment', id: 'hierarchy' } as const

export const shareId = ({ table, record, with: receiver }: Omit<Share, 'rights'>): string =>
  `${table}/${record}/${receiver}`

const entry = (kind: string, id: string, value: unknown): Entry => ({ kind, id, value })
export const unitEntry = (unit: Unit): Entry => entry('unit', unit.id, unit)
export const teamEntry = (team: Team): Entry => entry('team', team.id, team)
export const userEntry = (user: User): Entry => entry('user', user.id, user)
export const leaverEntry = (leaver: Leaver): Entry => entry('leaver', leaver.id, leaver)
export const roleEntry = (role: RoleSource): Entry => entry('role', role.name, role)
export const shareEntry = (share: Share): Entry => entry('share', shareId(share), share)

export const directoryEntries = (source: DirectorySource): Entry[] => [
  ...(source.units ?? []).map(unitEntry),
  ...(source.teams ?? []).map(teamEntry),
  ...(source.users ?? []).map(userEntry),
  ...(source.roles ?? []).map(roleEntry),
  ...(source.shares ?? []).map(shareEntry),
  ...(source.levels === undefined ? [] : [{ ...HIERARCHY, value: { levels: source.levels } }]),
]

const assemble = (parts: Parts): Directory => {
  const { users, teams } = parts
  // Made when first asked for: a change of a share or a role needs neither.
  let memberships: ReadonlyMap<string, readonly string[]> | undefined
  let reports: ReadonlyMap<string, readonly string[]> | undefined
  return {
    ...parts,
    teamsOf: user => {
      memberships ??= gathered([...teams.values()].flatMap(({ id, members }) => members.map(member => [member, id])))
      return memberships.get(user) ?? nobody
    },
    reportsOf: user => {
      reports ??= gathered(
        [...users.values()].flatMap(({ id, manager }) => (manager === undefined ? [] : [[manager, id]])),
      )
      return reports.get(user) ?? nobody
    },
  }
}

const nobody: readonly string[] = []

const gathered = (pairs: readonly (readonly string[])[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const [key = '', value = ''] of pairs) {
    const values = found.get(key)
    if (values === undefined) found.set(key, [value])
    else if (!values.includes(value)) values.push(value)
  }
  return found
}

export const emptyDirectory: Directory = assemble({
  units: new Map(),
  teams: new Map(),
  users: new Map(),
  leavers: new Map(),
  roles: new Map(),
  shares: new Map(),
  levels: LEVELS,
})

export interface EntryKey {
  readonly kind: string
  readonly id: string
}

const lists = { unit: 'units', team: 'teams', user: 'users', leaver: 'leavers', role: 'roles' } as const

/** The directory after entries were removed and others written. The same one where none of them is of a directory. */
export const amended = (
  directory: Directory,
  written: readonly Entry[],
  removed: readonly EntryKey[] = [],
): Directory => {
  const changes: (readonly [EntryKey, unknown])[] = [
    ...removed.map(key => [key, undefined] as const),
    ...written.map(each => [each, each.value] as const),
  ]
  const next: Record<string, unknown> = {}
  for (const [kind, name] of Object.entries(lists)) {
    const own = changes.filter(([key]) => key.kind === kind)
    if (own.length === 0) continue
    const list = new Map<string, unknown>(directory[name])
    for (const [{ id }, value] of own) {
      if (value === undefined) list.delete(id)
      else list.set(id, value)
    }
    next[name] = list
  }
  const shares = changes.filter(([key]) => key.kind === 'share')
  if (shares.length > 0) next['shares'] = withShares(directory.shares, shares)
  const levels = changes.findLast(([key]) => key.kind === HIERARCHY.kind && key.id === HIERARCHY.id)
  if (levels !== undefined) next['levels'] = (levels[1] as { levels: number } | undefined)?.levels ?? LEVELS
  return Object.keys(next).length === 0 ? directory : assemble({ ...directory, ...next })
}

const withShares = (
  before: Directory['shares'],
  changes: readonly (readonly [EntryKey, unknown])[],
): Directory['shares'] => {
  const shares = new Map(before)
  const own = new Map<string, Map<string, Share>>()
  for (const [{ id }, value] of changes) {
    const receiver = id.slice(id.lastIndexOf('/') + 1)
    const list = own.get(receiver) ?? new Map(shares.get(receiver))
    own.set(receiver, list)
    if (value === undefined) list.delete(id)
    else list.set(id, value as Share)
  }
  for (const [receiver, list] of own) {
    if (list.size > 0) shares.set(receiver, list)
    else shares.delete(receiver)
  }
  return shares
}

/** @returns a directory of what a file or a test says; it is not checked (`checkDirectory`) */
export const directoryOf = (source: DirectorySource): Directory => amended(emptyDirectory, directoryEntries(source))
