import { type Fault, isTimeZone, type RoleSource, type Schema } from '@rejoin/profile'
import type { Directory, Share, Team, Unit, User } from './directory.ts'

/**
 * What a directory must hold to: every name in it is of something that is there, and nobody stands above himself. One
 * rule set, asked of the whole (`checkDirectory`, after an import) and of the one thing an administrator changes.
 */
export const checkDirectory = (directory: Directory, schema: Schema): Fault[] => [
  ...[...directory.units.values()].flatMap(unit => unitFaults(directory, unit)),
  ...[...directory.teams.values()].flatMap(team => teamFaults(directory, team)),
  ...[...directory.users.values()].flatMap(user => userFaults(directory, user)),
  ...[...directory.shares.values()].flatMap(list =>
    [...list.values()].flatMap(share => shareFaults(directory, schema, share)),
  ),
]

export const unitFaults = (directory: Directory, unit: Unit): Fault[] => {
  const at = `unit ${unit.id}`
  if (unit.parent === undefined) return []
  if (!directory.units.has(unit.parent)) return [unknown('unit', unit.parent, at)]
  return circleFaults(
    at,
    circle(unit.id, id => directory.units.get(id)?.parent),
  )
}

export const teamFaults = (directory: Directory, team: Team): Fault[] => {
  const at = `team ${team.id}`
  return [
    ...(directory.users.has(team.id) ? [taken(at, 'a user')] : []),
    ...unitOf(directory, team, at),
    ...rolesOf(directory.roles, team.roles ?? [], at),
    ...team.members.filter(member => !directory.users.has(member)).map(member => unknown('user', member, at)),
    ...repeated(team.members).map(member => ({ code: 'duplicate', at, message: `user ${member} is a member twice` })),
  ]
}

export const userFaults = (directory: Directory, user: User): Fault[] => {
  const at = `user ${user.id}`
  const { manager, timeZone } = user
  return [
    ...(directory.teams.has(user.id) ? [taken(at, 'a team')] : []),
    ...unitOf(directory, user, at),
    ...rolesOf(directory.roles, user.roles, at),
    ...(timeZone === undefined || isTimeZone(timeZone) ? [] : [zoneFault(at, timeZone)]),
    ...(manager === undefined
      ? []
      : directory.users.has(manager)
        ? circleFaults(
            at,
            circle(user.id, id => directory.users.get(id)?.manager),
          )
        : [unknown('user', manager, `${at}, manager`)]),
  ]
}

export const shareFaults = (directory: Directory, schema: Schema, share: Share): Fault[] => {
  const at = `share of ${share.table} ${share.record} with ${share.with}`
  return [
    ...(schema.tables.has(share.table) ? [] : [unknown('table', share.table, at)]),
    ...(directory.users.has(share.with) || directory.teams.has(share.with)
      ? []
      : [unknown('user or team', share.with, at)]),
  ]
}

const unitOf = (directory: Directory, { unit }: { readonly unit?: string }, at: string): Fault[] =>
  unit === undefined || directory.units.has(unit) ? [] : [unknown('unit', unit, at)]

const rolesOf = (known: ReadonlyMap<string, RoleSource>, roles: readonly string[], at: string): Fault[] => [
  ...roles.filter(role => !known.has(role)).map(role => unknown('role', role, at)),
  ...repeated(roles).map(role => ({ code: 'duplicate', at, message: `has the role ${role} twice` })),
]

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]

/** The way from `id` upward back to itself; undefined where it ends, or runs into a circle it is no part of. */
const circle = (id: string, above: (id: string) => string | undefined): readonly string[] | undefined => {
  const path = [id]
  for (let at = above(id); at !== undefined; at = above(at)) {
    if (at === id) return [...path, id]
    if (path.includes(at)) return undefined
    path.push(at)
  }
  return undefined
}

const circleFaults = (at: string, path: readonly string[] | undefined): Fault[] =>
  path === undefined
    ? []
    : [{ code: 'cycle', at, message: `stands above itself: ${path.join(' → ')}`, fix: 'choose another one above' }]

const unknown = (what: string, name: string, at: string): Fault => ({
  code: `unknown-${what.replaceAll(' ', '-')}`,
  at,
  message: `there is no ${what} ${name}`,
  fix: `check the id, or make the ${what} first`,
})

const taken = (at: string, by: string): Fault => ({
  code: 'taken',
  at,
  message: `${by} has this id: users and teams own records alike`,
  fix: 'choose another id',
})

const zoneFault = (at: string, zone: string): Fault => ({
  code: 'time-zone',
  at,
  message: `${zone} is no time zone`,
  fix: 'give an IANA name, such as Europe/Berlin',
})
