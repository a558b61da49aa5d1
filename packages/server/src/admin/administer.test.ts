import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Environment, loadEnvironment } from '../environment/environment.ts'
import type { Storage } from '../storage/storage.ts'
import { administer } from './administer.ts'
import { readAudit } from './audit.ts'
import type { Action } from './change.ts'
import { put, remove } from './resource.ts'
import { openStorage } from './routes/admin.fixture.ts'
import { setMember } from './teams.ts'
import { units } from './units.ts'
import { users } from './users.ts'

let storage: Storage
let known: Environment
beforeEach(async () => {
  storage = await openStorage()
  known = await load()
})
afterEach(() => storage.close())

const load = (): Promise<Environment> => storage.snapshot(loadEnvironment)
const doing = (action: Action, on: Storage = storage) =>
  administer({ storage: on, now: () => 1_000, known }, 'ada', action)
const unit = (id: string, parent?: string) => put(units, { id, name: id, ...(parent === undefined ? {} : { parent }) })

test('two administrators who each move a unit below the other make no circle: the second is refused', async () => {
  await doing(unit('a'))
  await doing(unit('b'))
  known = await load()
  const both = await Promise.all([doing(unit('a', 'b')), doing(unit('b', 'a'))])
  expect(both.map(({ ok }) => ok).toSorted()).toEqual([false, true])
  const refused = both.find(({ ok }) => !ok)
  expect(refused?.ok === false && refused.faults.map(({ code }) => code)).toEqual(['cycle'])
})

test('changes made at once of one team all remain', async () => {
  await Promise.all(['ada', 'alan', 'fritz'].map(user => doing(setMember('red', user, true))))
  const { directory, changes } = await load()
  expect(directory.teams.get('red')!.members.toSorted()).toEqual(['ada', 'alan', 'flora', 'fritz'])
  expect(changes).toBe(3)
  expect((await storage.snapshot(view => readAudit(view, 9))).map(({ number }) => number)).toEqual([3, 2, 1])
})

test('what another relay has just done is known before an action is refused', async () => {
  await administer({ storage, now: () => 0 }, 'alan', put(users, { id: 'eve', name: 'Eve', roles: [] }))
  expect(known.person('eve')).toBeUndefined()
  expect((await doing(setMember('red', 'eve', true))).ok).toBe(true)
})

test('a commit that fails leaves nothing half done: neither the change, nor its audit, nor the number', async () => {
  const broken: Storage = {
    ...storage,
    commit: (wanted, decide) =>
      storage.commit(wanted, found => {
        const decision = decide(found)
        return { ...decision, entries: [...decision.entries!, { kind: 'x', id: 'x', value: 1n }] }
      }),
  }
  await expect(doing(remove(users, 'flora'), broken)).rejects.toThrow()
  const after = await load()
  expect(after.changes).toBe(0)
  expect(after.person('flora')).toEqual(known.person('flora'))
  expect(after.directory.teams.get('red')!.members).toEqual(['flora'])
  expect(await storage.snapshot(view => readAudit(view, 9))).toEqual([])
})

test('the environment that is returned is the one that is stored', async () => {
  const done = await doing(remove(users, 'fritz'))
  const stored = await load()
  expect(done.ok && done.value.people()).toEqual(stored.people())
  expect(done.ok && done.value.changes).toBe(stored.changes)
})
