import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DirectorySource } from '../directory/directory.ts'
import { shareEntry, userEntry } from '../directory/directory.ts'
import { sampleSchema } from '../sample/schema/schema.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { type Environment, environmentAfter, environmentEntries, loadEnvironment } from './environment.ts'

let storage: Storage
beforeEach(async () => {
  storage = await openSqliteStorage({ path: ':memory:', newId: () => '0'.repeat(16) })
})
afterEach(() => storage.close())

const load = (): Promise<Environment> => storage.snapshot(loadEnvironment)
const store = (directory: DirectorySource): Promise<void> =>
  storage.commit({}, () => ({
    result: undefined,
    entries: environmentEntries({
      schema: sampleSchema,
      settings: { strategy: 'clientWins', strategies: {} },
      people: [],
      profiles: [],
      directory,
    }),
  }))

const USERS = 10_000
const users = Array.from({ length: USERS }, (_, n) => ({
  ...{ id: `u${n}`, name: `User ${n}`, roles: ['technician'] },
  ...(n === 0 ? {} : { manager: `u${Math.floor(n / 10)}` }),
}))
const teams = Array.from({ length: 1_000 }, (_, n) => ({
  ...{ id: `t${n}`, name: `Team ${n}` },
  members: Array.from({ length: 15 }, (_each, k) => `u${(n * 10 + k) % USERS}`),
}))
const shares = Array.from({ length: 100_000 }, (_, n) => ({
  ...{ table: 'workorder', record: `r${n}`, rights: ['read'] as const },
  with: n % 3 === 0 ? `t${n % 1_000}` : `u${n % USERS}`,
}))

test('10,000 users and 100,000 shares load within a second of work, and a change costs a fraction of it', async () => {
  await store({ users, teams, shares })
  // Of the processor, not of the clock: other tests run beside this one.
  const quickest = async (work: () => unknown): Promise<number> => {
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      const before = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(before)
      times.push((user + system) / 1_000)
    }
    return Math.min(...times)
  }
  const environment = await load()
  const loading = await quickest(async () => (await load()).person('u5'))
  const moving = await quickest(() =>
    environmentAfter(environment, [userEntry({ ...users[7]!, name: 'x' })], []).person('u7'),
  )
  const sharing = await quickest(() =>
    environmentAfter(environment, [shareEntry({ ...shares[0]!, with: 'u7' })], []).person('u7'),
  )
  console.info(`load ${loading.toFixed(0)} ms, one user ${moving.toFixed(1)} ms, one share ${sharing.toFixed(1)} ms`)
  expect(loading).toBeLessThan(1_000)
  expect(moving).toBeLessThan(loading / 5)
  expect(sharing).toBeLessThan(loading / 5)
  expect(Object.keys(environment.person('u10')!.shared!['workorder']!).length).toBeGreaterThan(5)
})

test('a change of people leaves the compiled schema as it is; a change of a role does not', async () => {
  await store({ users: users.slice(0, 2) })
  const before = await load()
  expect(environmentAfter(before, [userEntry({ ...users[0]!, name: 'x' })], []).schema).toBe(before.schema)
  const role = { kind: 'role', id: 'technician', value: { name: 'technician', tables: {} } }
  const after = environmentAfter(before, [role], [])
  expect(after.schema.roles.get('technician')?.tables).toEqual({})
  expect(after.schema.version).toBe(before.schema.version)
  expect(before.schema.roles.get('technician')?.tables).not.toEqual({})
})
