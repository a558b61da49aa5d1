import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { environmentEntries } from '../environment/environment.ts'
import { type Opened, openRelay } from '../routes/relay.fixture.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Explanation } from './explain.ts'
import { items, roles, schema } from './inquiry.fixture.ts'

/** Ann has bookings; the office changes things, over the API that applications use. */
let opened: Opened
beforeEach(async () => {
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => '0123456789abcdef' })
  const entries = environmentEntries({
    schema: { ...schema, roles },
    settings: { strategy: 'clientWins', strategies: {} },
    people: [],
    directory: {
      users: [
        { id: 'olga', name: 'Olga', roles: ['office'] },
        { id: 'ann', name: 'Ann', roles: ['field'] },
        { id: 'ben', name: 'Ben', roles: ['field'] },
        { id: 'eve', name: 'Eve', roles: [] },
      ],
    },
    profiles: [
      { id: 'week', profile: { name: 'Week', version: 1, items }, members: { people: ['ann', 'ben', 'eve'] } },
    ],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  opened = await openRelay({ storage })
  await write('POST', '/order', { id: 'w1', values: { name: 'Pump', ownerid: 'olga' } })
  await write('POST', '/order', { id: 'w2', values: { name: 'Valve', ownerid: 'olga' } })
  await write('POST', '/booking', { id: 'b7', values: { name: 'Tuesday', begin: soon(), order: 'w1', ownerid: 'ann' } })
  await write('POST', '/task', { id: 't1', values: { name: 'Look', order: 'w1' } })
})
afterEach(() => opened.close())

const DAY = 86_400_000
const soon = (): string => new Date(Date.now() + DAY).toISOString()
const write = async (method: string, path: string, json?: unknown): Promise<void> => {
  const response = await opened.ask('olga', `/api/tables${path}`, { method, ...(json === undefined ? {} : { json }) })
  expect([200, 201, 204], await response.clone().text()).toContain(response.status)
}
const ask = async (path: string, init: Parameters<Opened['ask']>[2] = {}): Promise<any> =>
  (await opened.ask('olga', `/api/admin${path}`, init)).json()
const explain = (user: string, table: string, id: string, at?: number): Promise<Explanation> =>
  ask(`/explain?user=${user}&table=${table}&id=${id}${at === undefined ? '' : `&at=${at}`}`)

describe('why a record is on a device', () => {
  test('[PR19] by the filter of its item, with the profile and why it is the user’s', async () => {
    expect(await explain('ann', 'booking', 'b7')).toMatchObject({
      held: true,
      profile: { profile: 'week', version: 1, why: 'direct' },
      standing: {
        why: 'selected',
        by: { kind: 'custom', reason: { kind: 'all', holds: true, members: [{ value: 'ann' }, { holds: true }] } },
      },
    })
  })

  test('[PR19] by the path of relationships that brings it', async () => {
    expect(await explain('ann', 'task', 't1')).toMatchObject({
      held: true,
      standing: {
        why: 'brought',
        relationship: 'task_order',
        from: {
          ...{ table: 'order', id: 'w1', name: 'Pump' },
          standing: {
            why: 'brought',
            relationship: 'booking_order',
            from: { table: 'booking', id: 'b7', name: 'Tuesday', standing: { why: 'selected' } },
          },
        },
      },
    })
  })

  test('[PR19] and which of its columns stay on the relay, by item or by role', async () => {
    const { without } = await explain('ann', 'booking', 'b7')
    expect(without).toEqual([{ column: 'fee', why: ['role'] }])
    await publish(
      items.map(item => (item.table === 'booking' ? { ...item, columns: ['begin', 'order', 'ownerid'] } : item)),
    )
    expect((await explain('ann', 'booking', 'b7')).without).toEqual([
      { column: 'name', why: ['item'] },
      { column: 'fee', why: ['item', 'role'] },
    ])
  })
})

const publish = async (content: readonly unknown[]): Promise<void> => {
  const read = await opened.ask('olga', '/api/admin/profiles/week')
  const put = { 'if-match': read.headers.get('etag')! }
  const json = { name: 'Week', items: content }
  const drafted = await opened.ask('olga', '/api/admin/profiles/week', { method: 'PUT', json, headers: put })
  const headers = { 'if-match': drafted.headers.get('etag')! }
  expect(await ask('/profiles/week/publish', { method: 'POST', headers })).toMatchObject({ state: 'Published' })
}

describe('why a record is not on a device', () => {
  test('[PR19] no profile, no table in it, no right, no reach, no such record', async () => {
    const why = async (user: string, table: string, id: string) => (await explain(user, table, id)).standing.why
    expect(await why('olga', 'order', 'w1')).toBe('no-profile')
    expect(await why('ann', 'account', 'a1')).toBe('table-not-in-profile')
    expect(await why('eve', 'order', 'w1')).toBe('no-read-right')
    expect(await why('ann', 'order', 'w9')).toBe('no-such-record')
    await publish([{ table: 'account', filter: { kind: 'all' } }])
    await write('POST', '/account', { id: 'a1', values: { name: 'Acme', ownerid: 'ben' } })
    expect((await explain('ann', 'account', 'a1')).standing).toEqual({ held: false, why: 'out-of-reach', depth: 'team', owner: 'ben' }) // prettier-ignore
    expect((await opened.ask('olga', '/api/admin/explain?user=zoe&table=order&id=w1')).status).toBe(404)
    expect((await opened.ask('ann', '/api/admin/explain?user=ann&table=order&id=w1')).status).toBe(403)
  })

  test('[PR19] the conditions that fail, with the values of the row; the nearest rows that would bring it', async () => {
    const { held, standing } = await explain('ben', 'order', 'w1')
    expect(held).toBe(false)
    expect(standing).toMatchObject({
      why: 'not-selected',
      by: { kind: 'related' },
      near: [
        {
          relationship: 'booking_order',
          rows: 1,
          nearest: [
            {
              id: 'b7',
              standing: {
                why: 'not-selected',
                by: { reason: { holds: false, members: [{ holds: false, value: 'ann', means: { oneOf: ['ben'] } }, { holds: true }] } }, // prettier-ignore
              },
            },
          ],
        },
      ],
    })
    expect(await explain('ann', 'order', 'w2')).toMatchObject({ standing: { near: [{ rows: 0, nearest: [] }] } })
  })
})

describe('why a record is no longer on a device', () => {
  test('[PR19] it, or what brought it, was changed: when, by whom, from what to what', async () => {
    await write('PATCH', '/booking/b7', { values: { ownerid: 'ben' } })
    const changed = { why: 'changed', record: { table: 'booking', id: 'b7' }, by: 'olga', changes: { ownerid: ['ann', 'ben'] } } // prettier-ignore
    const own = await explain('ann', 'booking', 'b7')
    expect(own.past).toMatchObject(changed)
    // Another change, which took nothing away, is not to blame.
    await write('PATCH', '/booking/b7', { values: { name: 'Wednesday' } })
    expect((await explain('ann', 'booking', 'b7')).past).toEqual(own.past)
    expect((await explain('ann', 'task', 't1')).past).toEqual(own.past)
    expect((await explain('ben', 'task', 't1')).past).toBeUndefined()
  })

  test('[PR19] what brought it names another, or was deleted', async () => {
    await write('PATCH', '/booking/b7', { values: { order: 'w2' } })
    expect((await explain('ann', 'order', 'w1')).past).toMatchObject({
      why: 'changed',
      changes: { order: ['w1', 'w2'] },
    })
    await write('DELETE', '/booking/b7')
    expect((await explain('ann', 'order', 'w2')).past).toMatchObject({ why: 'deleted', record: { id: 'b7' }, by: 'olga' }) // prettier-ignore
    await write('DELETE', '/order/w2')
    expect(await explain('ann', 'order', 'w2')).toMatchObject({
      record: 'deleted',
      standing: { why: 'no-such-record' },
    })
  })

  test('[PR19] time has passed, asked at a given moment', async () => {
    const { standing, past, held } = await explain('ann', 'booking', 'b7', Date.now() + 10 * DAY)
    expect({ held, why: standing.why }).toEqual({ held: false, why: 'not-selected' })
    expect(past).toMatchObject({ why: 'time' })
    expect((past as { at: number }).at - Date.now()).toBeLessThan(DAY)
  })

  test('[PR19] the profile was published anew', async () => {
    await publish(items.filter(({ table }) => table !== 'task'))
    expect(await explain('ann', 'task', 't1')).toMatchObject({
      standing: { why: 'table-not-in-profile' },
      past: { why: 'republished', version: 1 },
    })
  })
})
