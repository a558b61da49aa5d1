import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Core, createCore } from './core.ts'
import { environmentEntries } from './environment/environment.ts'
import { openSqliteStorage } from './storage/sqlite/sqlite.ts'

test('found by a review: rights are lost at once, also where the indexes of a profile cannot be made', async () => {
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  const source = {
    schema: {
      tables: [
        {
          name: 'job',
          ownership: 'user' as const,
          primaryKey: 'jobid',
          primaryName: 'title',
          columns: [
            { name: 'jobid', type: 'guid' as const },
            { name: 'title', type: 'string' as const },
            { name: 'ownerid', type: 'lookup' as const, target: 'user', external: true },
          ],
        },
      ],
    },
    settings: { strategy: 'clientWins' as const, strategies: {} },
    people: [{ id: 'ann', name: 'Ann', teams: ['red'], roles: [] }],
    profiles: [
      {
        profile: {
          name: 'mine',
          version: 1,
          items: [{ table: 'job', filter: { kind: 'other' as const, mine: true } }],
        },
        members: { everyone: true },
      },
    ],
  }
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
  const logged: string[] = []
  const core: Core = await createCore({
    storage: {
      ...storage,
      createIndexes: async () => {
        throw new Error('no room for an index')
      },
    },
    identity: { verify: async user => ({ ok: true, user, expires: Infinity }) },
    now: () => 0,
    random: length => randomBytes(length),
    log: error => logged.push(String(error)),
  })
  const [person] = source.people
  await storage.commit({}, () => ({
    result: undefined,
    entries: [{ kind: 'person', id: 'ann', value: { ...person, teams: [] } }],
  }))
  await core.reload()
  expect(core.environment().person('ann')?.teams).toEqual([])
  expect(logged).toEqual(Array(2).fill('Error: no room for an index'))
  await core.close()
})
