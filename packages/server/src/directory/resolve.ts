import type { Person, Right } from '@rejoin/profile'
import type { Directory } from './directory.ts'

/** Everything filters and rights ask about a user (FI2, SE5); undefined where there is no such user. */
export const resolvePerson = (directory: Directory, id: string): Person | undefined => {
  const user = directory.users.get(id)
  if (user === undefined) return undefined
  const { position: _, roles: own, ...plain } = user
  const teams = directory.teamsOf(id)
  const roles = [...new Set([...own, ...teams.flatMap(team => directory.teams.get(team)?.roles ?? [])])]
  const people = belowOf(directory, id)
  const shared = sharedWith(directory, [id, ...teams])
  return {
    ...plain,
    teams,
    roles,
    ...(people.length === 0
      ? {}
      : { below: { people, teams: [...new Set(people.flatMap(person => directory.teamsOf(person)))] } }),
    ...(shared === undefined ? {} : { shared }),
  }
}

/** Level by level, as deep as counts. Whoever was met is not met again: a circle of managers ends. */
const belowOf = (directory: Directory, id: string): string[] => {
  const met = new Set([id])
  let level = [id]
  for (let depth = 0; depth < directory.levels && level.length > 0; depth++) {
    level = level.flatMap(manager => directory.reportsOf(manager)).filter(person => met.size < met.add(person).size)
  }
  met.delete(id)
  return [...met]
}

const order: readonly Right[] = ['read', 'write', 'delete']

/** Rights of several shares of one record add up. Without prototypes: record ids may be called `constructor`. */
const sharedWith = (directory: Directory, receivers: readonly string[]): Person['shared'] => {
  const shares = receivers.flatMap(receiver => [...(directory.shares.get(receiver)?.values() ?? [])])
  if (shares.length === 0) return undefined
  const tables = Object.create(null) as Record<string, Record<string, readonly Right[]>>
  for (const { table, record, rights } of shares) {
    const records = (tables[table] ??= Object.create(null) as Record<string, readonly Right[]>)
    const before = records[record] ?? []
    records[record] = order.filter(right => before.includes(right) || rights.some(each => each === right))
  }
  return tables
}
