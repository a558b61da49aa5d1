import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRejoin } from '@rejoin/client/node'
import { createDevelopmentIssuer, createRelay, environmentEntries, openSqliteStorage, serveRelay } from '@rejoin/server'
import { expect, it } from 'vitest'
import { schema } from './field.fixture.ts'

it('[DS2] devices on Node, a file each, meet over real websockets', async () => {
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  const profile = { name: 'all', version: 1, items: [{ table: 'visit', filter: { kind: 'all' } as const }] }
  const entries = environmentEntries({
    schema,
    settings: { strategy: 'clientWins', strategies: {} },
    people: [{ id: 'ana', name: 'Ana', teams: [], roles: ['office'] }],
    profiles: [{ profile, members: { everyone: true } }],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  const issuer = await createDevelopmentIssuer()
  const relay = await createRelay({ storage, issuer })
  const serving = await serveRelay(relay, { port: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'rejoin-'))
  const open = (name: string): ReturnType<typeof openRejoin<typeof schema>> =>
    openRejoin({ url: serving.url, token: () => issuer.token('ana'), app: 'test', schema, path: join(folder, name) })
  const [one, two] = await Promise.all([open('one'), open('two')])
  try {
    await Promise.all([one.firstSync(), two.firstSync()])
    const arrived = new Promise(resolve =>
      two
        .table('visit')
        .query({ where: { state: 'open' } })
        .subscribe(resolve),
    )
    const id = await one.table('visit').create({ title: 'pump', state: 'open' })
    expect(await arrived).toMatchObject([{ visitid: id, title: 'pump', state: 'open' }])
    await two.table('visit').update(id, { minutes: 3 })
    await expect.poll(() => one.table('visit').get(id)?.minutes).toBe(3)
  } finally {
    await Promise.all([one.close(), two.close()])
    await serving.close()
    await rm(folder, { recursive: true })
  }
})
