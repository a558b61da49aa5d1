import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { environmentEntries } from '../environment/environment.ts'
import { createRelay } from '../relay.ts'
import { type Opened, openRelay, source } from '../routes/relay.fixture.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import { followedBy, openReceiver, type Receiver } from './receiver.fixture.ts'
import { isSigned } from './sign.ts'
import { GIVE_UP } from './webhook.ts'

interface Hook {
  readonly id: string
  readonly secret: string
  readonly state: string
  readonly cursor: string
  readonly why?: string
}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const started = Date.now(); !(await holds());) {
    if (Date.now() - started > 10_000) throw new Error('still not so after 10 s')
    await sleep(5)
  }
}

describe('webhooks', () => {
  let opened: Opened
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await openReceiver()
    opened = await openRelay({ privateWebhooks: true })
  })
  afterEach(async () => {
    await opened.close()
    await receiver.close()
  })

  const create = (id: string) =>
    opened.ask('olga', '/api/tables/visit', {
      method: 'POST',
      json: { id, values: { title: `visit ${id}`, price: 9 } },
    })
  const subscribe = async (more: object = {}): Promise<Hook> => {
    const answer = await opened.ask('boss', '/api/admin/webhooks', {
      method: 'POST',
      json: { url: receiver.url, ...more },
    })
    expect(answer.status).toBe(201)
    return (await answer.json()) as Hook
  }
  const hooks = async (): Promise<Hook[]> =>
    ((await (await opened.ask('boss', '/api/admin/webhooks')).json()) as { webhooks: Hook[] }).webhooks
  const head = () => opened.relay.core.storage.snapshot(async ({ head: { rev, commit } }) => `${rev}:${commit}`)

  it('tells a receiver everything in order, signed, each batch behind the one before', async () => {
    for (let n = 0; n < 3; n++) await create(`v${n}`)
    const { secret } = await subscribe()
    await until(() => followedBy(receiver.got).size === 3)
    await create('v3')
    await until(() => followedBy(receiver.got).size === 4)
    expect(receiver.got.flatMap(({ said }) => said.changes.map(({ rev }) => rev))).toEqual([1, 2, 3, 4])
    receiver.got.forEach(({ said }, index) => expect(said.after).toBe(receiver.got[index - 1]?.said.cursor ?? '0:'))
    expect(receiver.got.every(({ body, headers }) => isSigned(secret, body, headers, Date.now()))).toBe(true)
    await until(async () => (await hooks())[0]!.cursor === (await head()))
  })

  it('sends again after a failure, later and later, and goes on where it was', async () => {
    receiver.answer = () => (receiver.got.length <= 2 ? 500 : 200)
    await subscribe()
    await create('v1')
    await until(async () => (await hooks())[0]!.state === 'failing')
    expect((await hooks())[0]).toMatchObject({ why: 'the receiver answered 500', cursor: '0:' })
    await create('v2')
    await sleep(50)
    expect(receiver.got).toHaveLength(1)
    opened.skip(8_000)
    await until(() => receiver.got.length === 2)
    // Heard is not yet answered: a wait that has not begun cannot be skipped.
    await until(async () => {
      opened.skip(20_000)
      return (await hooks())[0]!.state === 'running'
    })
    expect(receiver.got.map(({ said }) => said.changes.map(({ id }) => id))).toEqual([
      ['v1'],
      ['v1', 'v2'],
      ['v1', 'v2'],
    ])
    expect(receiver.got[2]!.headers['webhook-id']).toBe(receiver.got[1]!.headers['webhook-id'])
    expect(receiver.got[1]!.headers['webhook-id']).not.toBe(receiver.got[0]!.headers['webhook-id'])
  })

  it('pauses a receiver that is dead for days, says why, and loses nothing: resumed, it hears all of it', async () => {
    receiver.answer = () => 'silence'
    const { id } = await subscribe()
    await create('v1')
    await until(async () => (await hooks())[0]!.state === 'failing')
    opened.skip(GIVE_UP)
    await until(async () => (await hooks())[0]!.state === 'paused')
    expect((await hooks())[0]!.why).toMatch(/socket hang up|ECONNRESET/)
    await create('v2')
    receiver.answer = () => 200
    opened.skip(GIVE_UP)
    const before = receiver.got.length
    await sleep(30)
    expect(receiver.got).toHaveLength(before)
    await opened.ask('boss', `/api/admin/webhooks/${id}/resume`, { method: 'POST' })
    await until(async () => (await hooks())[0]!.cursor === (await head()))
    expect(followedBy(receiver.got.slice(before)).size).toBe(2)
  })

  it('[security] follows no redirect', async () => {
    receiver.answer = () => 302
    await subscribe()
    await create('v1')
    await until(async () => (await hooks())[0]!.state === 'failing')
    expect((await hooks())[0]!.why).toBe('the receiver answered 302')
    expect(receiver.got).toHaveLength(1)
  })

  it('[security] is for administrators, shows a secret once, and goes nowhere inside unless that is allowed', async () => {
    expect((await opened.ask(undefined, '/api/admin/webhooks')).status).toBe(401)
    expect((await opened.ask('olga', '/api/admin/webhooks')).status).toBe(403)
    expect((await opened.ask('olga', '/api/admin/webhooks/x', { method: 'DELETE' })).status).toBe(403)
    expect(
      (await opened.ask('system', '/api/admin/webhooks', { method: 'POST', json: { url: receiver.url } })).status,
    ).toBe(403)
    const { secret } = await subscribe()
    expect(JSON.stringify(await hooks())).not.toContain(secret)
    const closed = await openRelay()
    const json = { url: 'https://127.0.0.1/' }
    const refused = await closed.ask('boss', '/api/admin/webhooks', { method: 'POST', json })
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'private-address' }])
    await closed.close()
  })

  it('[SE1] pauses when the person it follows for may no longer follow', async () => {
    await subscribe({ tables: ['visit'] })
    await create('v1')
    await until(() => receiver.got.length === 1)
    const { core } = opened.relay
    const people = source.people.map(person => (person.id === 'boss' ? { ...person, roles: ['field'] } : person))
    await core.storage.commit({}, () => ({ result: undefined, entries: environmentEntries({ ...source, people }) }))
    await core.reload()
    await create('v2')
    const stored = () => core.storage.snapshot(view => view.entries('webhook-progress'))
    await until(
      async () => (await stored())[0]!.value !== undefined && JSON.stringify(await stored()).includes('paused'),
    )
    expect(receiver.got).toHaveLength(1)
  })

  it('notes nothing once another relay has taken over: that one sends it again', async () => {
    const { storage } = opened.relay.core
    const value = { holder: 'another', until: Date.now() + 60_000 }
    let taken: Promise<void> | undefined
    receiver.answer = () => {
      taken = storage.commit({}, () => ({ result: undefined, entries: [{ kind: 'lease', id: 'webhooks', value }] }))
      return 200
    }
    await subscribe()
    await create('v1')
    await until(() => receiver.got.length === 1)
    await taken
    await sleep(50)
    expect(await hooks()).toMatchObject([{ state: 'running', cursor: '0:' }])
  })

  it('of two relays over one database one delivers, and the other takes over when it is gone', async () => {
    const { storage } = opened.relay.core
    const second = await createRelay({
      storage,
      identity: opened.issuer.identity,
      log: pino({ level: 'silent' }),
      privateWebhooks: true,
    })
    await subscribe()
    for (let n = 0; n < 5; n++) await create(`v${n}`)
    await until(async () => (await hooks())[0]!.cursor === (await head()))
    await sleep(1_100)
    const revs = receiver.got.flatMap(({ said }) => said.changes.map(({ rev }) => rev))
    expect(revs).toEqual([1, 2, 3, 4, 5])
    // Its lease runs out while it says nothing.
    const value = { holder: 'gone', until: Date.now() + 1_500 }
    await storage.commit({}, () => ({ result: undefined, entries: [{ kind: 'lease', id: 'webhooks', value }] }))
    await create('v10')
    expect(Date.now()).toBeLessThan(value.until)
    expect(followedBy(receiver.got).has('visit/v10')).toBe(false)
    await until(() => followedBy(receiver.got).has('visit/v10'))
    expect(Date.now()).toBeGreaterThanOrEqual(value.until)
    await second.close()
  })
})

it('[G2] a relay that ends between the receiver taking a batch and noting it sends it again: nothing is lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rejoin-webhook-'))
  const receiver = await openReceiver()
  let ids = 0
  const open = async () => {
    const newId = (): string => String(++ids).padStart(16, '0')
    const storage = await openSqliteStorage({ path: join(folder, 'db'), newId })
    if (ids === 1) await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
    return openRelay({ storage, privateWebhooks: true })
  }
  try {
    const first = await open()
    await first.ask('boss', '/api/admin/webhooks', { method: 'POST', json: { url: receiver.url } })
    const { storage } = first.relay.core
    const { commit } = storage
    // From here on its disk takes nothing more of what it notes, as if it had been killed.
    receiver.answer = () => {
      Object.assign(storage, { commit: () => Promise.reject(new Error('killed')) })
      return 200
    }
    await first.ask('olga', '/api/tables/visit', { method: 'POST', json: { id: 'v1', values: { title: 'one' } } })
    await until(() => receiver.got.length === 1)
    await sleep(20)
    Object.assign(storage, { commit })
    await first.close()
    receiver.answer = () => 200
    const second = await open()
    await second.ask('olga', '/api/tables/visit', { method: 'POST', json: { id: 'v2', values: { title: 'two' } } })
    await until(() => followedBy(receiver.got).size === 2)
    const [before, ...after] = receiver.got
    expect(before!.said.changes.map(({ id }) => id)).toEqual(['v1'])
    expect(after.flatMap(({ said }) => said.changes.map(({ id }) => id))).toEqual(['v1', 'v2'])
    await second.close()
  } finally {
    await receiver.close()
    await rm(folder, { recursive: true })
  }
})
