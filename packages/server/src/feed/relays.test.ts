import { randomBytes } from 'node:crypto'
import pino from 'pino'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { environmentEntries } from '../environment/environment.ts'
import { createDevelopmentIssuer } from '../identity/identity.ts'
import { createRelay, type Relay } from '../relay.ts'
import { source } from '../routes/relay.fixture.ts'
import { ask, startPostgres, type TestDatabase, why } from '../storage/postgres/postgres.fixture.ts'
import { openPostgresStorage } from '../storage/postgres/postgres.ts'
import { changesIn, linesOf } from './feed.fixture.ts'

const postgres = await startPostgres()
afterAll(() => postgres.stop())

describe.skipIf(!postgres.running)(`relays over one PostgreSQL, outward${why(postgres)}`, () => {
  let database: TestDatabase
  let relays: Relay[]
  let request: (at: number, user: string, path: string, json?: unknown) => Promise<Response>
  beforeEach(async () => {
    if (!postgres.running) return
    database = await postgres.database()
    const issuer = await createDevelopmentIssuer()
    relays = []
    for (const first of [true, false]) {
      const storage = await openPostgresStorage({ url: database.url, newId: () => randomBytes(8).toString('hex') })
      if (first) await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
      relays.push(await createRelay({ storage, wake: storage.wake, issuer, log: pino({ level: 'silent' }) }))
    }
    request = async (at, user, path, json) =>
      relays[at]!.app.request(path, {
        headers: { authorization: `Bearer ${await issuer.token(user)}`, 'content-type': 'application/json' },
        ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      })
  })
  afterEach(async () => {
    await Promise.all(relays.map(relay => relay.close()))
    await database.drop()
  })
  const create = (at: number, id: string, title: string) =>
    request(at, 'olga', '/api/tables/visit', { id, values: { title } })

  it('a stream of one tells what the other commits, in one order', async () => {
    const lines = linesOf(await request(0, 'system', '/api/feed'))
    await lines.toBeat()
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => create(n % 2, `v${n}`, 'x')))
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201))
    const changes = changesIn(await lines.take(20))
    while (changes.length < 20) changes.push(...changesIn(await lines.toBeat()))
    expect(changes.map(({ rev }) => rev)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    await lines.leave()
  })

  it('[security] an erasure of one leaves no trace in the database both stand on, and the other tells of the purge', async () => {
    await create(0, 'v1', 'canary-TITLE')
    const everything = async (): Promise<string> => {
      const tables = ['record', 'edit', 'ledger', 'entry']
      const rows = await Promise.all(
        tables.map(table => ask(database.url, `select t::text as row from rejoin.${table} t`)),
      )
      const blobs = await ask(database.url, `select encode(envelope, 'escape') as row from rejoin.record`)
      return JSON.stringify([rows, blobs])
    }
    expect((await everything()).split('canary-TITLE').length).toBeGreaterThan(3)
    const lines = linesOf(await request(1, 'system', '/api/feed'))
    await lines.toBeat()
    const rows = [{ table: 'visit', id: 'v1' }]
    expect((await request(0, 'boss', '/api/admin/erasures', { rows, reason: 'asked' })).status).toBe(201)
    expect(await everything()).not.toContain('canary-TITLE')
    const purge = changesIn(await lines.toBeat())
    expect(purge).toMatchObject([{ id: 'v1', kind: 'purge', changed: {} }])
    expect(purge[0]!.commit).toMatch(/^[0-9a-f]{16}$/)
    await lines.leave()
  })
})
