import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkDirectory } from '../directory/check.ts'
import type { User } from '../directory/directory.ts'
import { type Environment, loadEnvironment } from '../environment/environment.ts'
import { administer } from './administer.ts'
import { apps } from './apps.ts'
import type { Action } from './change.ts'
import { assigning } from './members.ts'
import { put, remove } from './resource.ts'
import { roles } from './roles.ts'
import { openStorage } from './routes/admin.fixture.ts'
import { shares } from './shares.ts'
import { setMember, teams } from './teams.ts'
import { units } from './units.ts'
import { users } from './users.ts'

/** Small pools, with names that are there, that may be, and that never are: most actions meet one another. */
const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const mostly = (...values: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 20, arbitrary: one(...values) }, { weight: 1, arbitrary: one('none') })
const userId = mostly('ada', 'alan', 'fritz', 'flora', 'eve')
const unitId = mostly('all', 'north', 'south')
const teamId = mostly('red', 'chiefs', 'blue', 'fritz')
const role = mostly('field', 'chief', 'clerk')
const profile = mostly('field', 'vendor')
const maybe = <K extends string, T>(key: K, value: fc.Arbitrary<T>): fc.Arbitrary<{ [P in K]?: T }> =>
  fc.option(value, { nil: undefined }).map(found => (found === undefined ? {} : { [key]: found }) as { [P in K]?: T })
const all = (...parts: fc.Arbitrary<object>[]): fc.Arbitrary<any> =>
  fc.tuple(...parts).map(found => Object.assign({}, ...found) as object)

const roleList = fc.uniqueArray(role, { maxLength: 2 })
const anyUser = all(
  userId.map(id => ({ id, name: id })),
  maybe('unit', unitId),
  maybe('manager', userId),
  roleList.map(own => ({ roles: own })),
)
const anyTeam = all(
  teamId.map(id => ({ id, name: id })),
  maybe('unit', unitId),
  maybe('roles', roleList),
  fc.uniqueArray(userId, { maxLength: 3 }).map(members => ({ members })),
)
const receiver = fc.oneof(userId, teamId)
const rights = one(['read'] as const, ['read', 'write'] as const, ['delete'] as const)
const shareOf = fc.record({ table: one('visit', 'none'), record: one('v1', 'v2'), with: receiver, rights })
const members = fc.record({
  users: fc.uniqueArray(userId, { maxLength: 2 }),
  teams: fc.uniqueArray(teamId, { maxLength: 2 }),
})

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: anyUser.map(user => put(users, user)) },
  { weight: 2, arbitrary: anyTeam.map(team => put(teams, team)) },
  all(
    unitId.map(id => ({ id, name: id })),
    maybe('parent', unitId),
  ).map(unit => put(units, unit)),
  shareOf.map(share => put(shares, share)),
  shareOf.map(share => remove(shares, shares.idOf(share))),
  one('clerk', 'field').map(name => put(roles, { name, tables: { '*': { read: 'all' } } })),
  userId.map(id => remove(users, id)),
  teamId.map(id => remove(teams, id)),
  unitId.map(id => remove(units, id)),
  role.map(name => remove(roles, name)),
  fc.tuple(teamId, userId, fc.boolean()).map(([team, user, joins]) => setMember(team, user, joins)),
  fc.tuple(profile, members, members, fc.nat(5)).map(([id, add, less, at]) => assigning(id, add, less, at)),
  all(
    one('*', 'stock').map(name => ({ name })),
    fc.uniqueArray(profile, { maxLength: 2 }).map(profiles => ({ profiles })),
    maybe('default', profile),
  ).map(app => put(apps, app)),
)

/** The rules of people once more, by asking everybody about everybody. */
const naive = ({ directory }: Environment, user: User) => {
  const everyone = [...directory.users.values()]
  const teamsOf = (id: string): string[] =>
    [...directory.teams.values()].filter(team => team.members.includes(id)).map(team => team.id)
  const chainOf = ({ manager }: User): string[] => {
    const above = everyone.find(each => each.id === manager)
    return above === undefined ? [] : [above.id, ...chainOf(above)]
  }
  const below = everyone.filter(each => chainOf(each).slice(0, directory.levels).includes(user.id)).map(({ id }) => id)
  return {
    teams: teamsOf(user.id).toSorted(),
    roles: [
      ...new Set([...user.roles, ...teamsOf(user.id).flatMap(id => directory.teams.get(id)?.roles ?? [])]),
    ].toSorted(),
    below: below.toSorted(),
    teamsBelow: [...new Set(below.flatMap(teamsOf))].toSorted(),
  }
}

const resolved = (environment: Environment, id: string) => {
  const person = environment.person(id)!
  return {
    teams: person.teams.toSorted(),
    roles: person.roles.toSorted(),
    below: (person.below?.people ?? []).toSorted(),
    teamsBelow: (person.below?.teams ?? []).toSorted(),
  }
}

const seen = (environment: Environment) =>
  environment
    .people()
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(person => ({
      person: { ...person, teams: person.teams.toSorted(), roles: person.roles.toSorted(), below: undefined },
      profiles: ['*', 'stock'].map(app => environment.effectiveOf(person, app)),
    }))

test('whatever administrators do, the directory stays sound, somebody administers it, people are who the rules say, and what is known is what is stored', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40, size: 'max' }), async actions => {
      const storage = await openStorage()
      try {
        let known = await storage.snapshot(loadEnvironment)
        let done = 0
        for (const each of actions) {
          const result = await administer({ storage, now: () => 1, known, guarded: true }, 'ada', each)
          if (!result.ok) {
            expect(result.faults.length).toBeGreaterThan(0)
            continue
          }
          done++
          known = result.value
          expect(checkDirectory(known.directory, known.schema)).toEqual([])
        }
        const stored = await storage.snapshot(loadEnvironment)
        expect(stored.changes).toBe(done)
        expect(seen(known)).toEqual(seen(stored))
        expect(known.people().some(({ roles: own }) => own.includes('chief'))).toBe(true)
        for (const user of known.directory.users.values()) {
          expect(resolved(known, user.id)).toEqual(naive(known, user))
        }
      } finally {
        await storage.close()
      }
    }),
    { numRuns: 100 },
  )
})
