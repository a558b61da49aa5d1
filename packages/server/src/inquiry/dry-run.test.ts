import type { ProfileItem } from '@rejoin/profile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { environmentEntries } from '../environment/environment.ts'
import { type Opened, openRelay } from '../routes/relay.fixture.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { roles, schema } from './inquiry.fixture.ts'

/** Three of the field with a number of orders each; products are everybody's. */
let opened: Opened
let storage: Storage
beforeEach(async () => {
  storage = await openSqliteStorage({ path: ':memory:', newId: () => '0123456789abcdef' })
  const field = (id: string) => ({ id, name: id, roles: ['field'] })
  const entries = environmentEntries({
    schema: { ...schema, roles },
    settings: { strategy: 'clientWins', strategies: {} },
    people: [],
    directory: { users: [{ id: 'olga', name: 'Olga', roles: ['office'] }, field('ann'), field('ben'), field('cid')] },
    profiles: [
      { id: 'mine', profile: { name: 'Mine', version: 1, items: [own('order')] }, members: { people: ['ann', 'ben'] } },
    ],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
  opened = await openRelay({ storage })
  for (const [owner, orders] of [
    ['ann', 3],
    ['ben', 1],
    ['cid', 2],
  ] as const) {
    // prettier-ignore
    for (let n = 1; n <= orders; n++) await write('order', `${owner}${n}`, { ownerid: owner, status: n })
  }
  await write('product', 'p1', { status: 1 })
  await write('product', 'p2', { status: 1 })
})
afterEach(() => opened.close())

const own = (table: string): ProfileItem => ({ table, filter: { kind: 'other', mine: true } })
const write = async (table: string, id: string, values: Record<string, unknown>): Promise<void> => {
  const json = { id, values: { name: id, ...values } }
  expect((await opened.ask('olga', `/api/tables/${table}`, { method: 'POST', json })).ok).toBe(true)
}
const admin = (path: string, init?: Parameters<Opened['ask']>[2]) => opened.ask('olga', `/api/admin/profiles/mine${path}`, init) // prettier-ignore
const ask = async (path: string): Promise<any> => (await admin(path)).json()
const draft = async (items: readonly unknown[]): Promise<void> => {
  const headers = { 'if-match': (await admin('')).headers.get('etag')! }
  expect((await admin('', { method: 'PUT', headers, json: { name: 'Mine', items } })).ok).toBe(true)
}
const publish = async (): Promise<Response> =>
  admin('/publish', { method: 'POST', headers: { 'if-match': (await admin('')).headers.get('etag')! } })
const bytesOf = (keys: readonly { table: string; id: string }[]): Promise<number> =>
  storage.snapshot(async view => (await view.records(keys)).reduce((sum, row) => sum + row.envelope.length, 0))
const orders = (owner: string, count: number) => Array.from({ length: count }, (_, n) => ({ table: 'order', id: `${owner}${n + 1}` })) // prettier-ignore

describe('dry run', () => {
  test('[PR18] of a draft: rows and bytes per user and table, the largest first, before anything is published', async () => {
    await draft([own('order'), { table: 'product', filter: { kind: 'all' }, columns: ['status'] }])
    const run = await ask('/dry-run')
    const order = async (owner: string, rows: number) => ({ table: 'order', rows, bytes: await bytesOf(orders(owner, rows)), cut: false }) // prettier-ignore
    const product = { table: 'product', rows: 2, bytes: await bytesOf([{ table: 'product', id: 'p1' }, { table: 'product', id: 'p2' }]), cut: true } // prettier-ignore
    const [ann, ben] = [await order('ann', 3), await order('ben', 1)]
    expect(run).toMatchObject({
      users: [
        { user: 'ann', rows: 5, bytes: ann.bytes + product.bytes, tables: [ann, product] },
        { user: 'ben', rows: 3, bytes: ben.bytes + product.bytes, tables: [ben, product] },
      ],
      total: { rows: 8, bytes: ann.bytes + ben.bytes + 2 * product.bytes },
      over: [],
      of: 2,
    })
    expect(opened.relay.core.environment().published()[0]?.version).toBe(1)
  })

  test('[PR18] of a version, for some users or for everybody, against the cap of rows', async () => {
    await draft([{ table: 'product', filter: { kind: 'all' } }])
    const rows = async (query: string) => (await ask(`/dry-run?version=1${query}`)).users.map((each: any) => [each.user, each.rows]) // prettier-ignore
    expect(await rows('')).toEqual([['ann', 3], ['ben', 1]]) // prettier-ignore
    expect(await rows('&users=cid')).toEqual([['cid', 2]])
    expect(await rows('&users=*')).toEqual([['ann', 3], ['cid', 2], ['ben', 1], ['olga', 0]]) // prettier-ignore
    expect(await rows('&limit=1')).toEqual([['ann', 3]])
    expect((await ask('/dry-run?version=1')).over).toEqual([])
    const rowCaps = { all: 2, tables: { order: 1 } }
    const capped = await opened.ask('olga', '/api/admin/settings', { method: 'PATCH', json: { rowCaps } })
    expect(capped.status, await capped.clone().text()).toBe(200)
    expect((await ask('/dry-run?version=1&users=*')).over).toEqual([
      { user: 'ann', rows: 3, cap: 2 },
      { user: 'ann', table: 'order', rows: 3, cap: 1 },
      { user: 'cid', table: 'order', rows: 2, cap: 1 },
    ])
    expect((await admin('/dry-run?users=zoe')).status).toBe(404)
    expect((await admin('/dry-run?version=2')).status).toBe(404)
  })

  test('[PR18] of a draft that could not be published: every fault', async () => {
    await draft([
      { table: 'nothing', filter: { kind: 'all' } },
      { ...own('order'), interval: 2 },
    ])
    const response = await admin('/dry-run')
    expect(response.status).toBe(422)
    expect(((await response.json()) as any).faults.map(({ code }: any) => code)).toEqual(['unknown-table', 'interval'])
  })
})

test('what it takes to serve a profile: indexes still to be made, filters that read tables, filters that ask everybody', async () => {
  const named = { column: 'name', op: 'like', value: '%x' }
  const others = { column: 'ownerid', op: 'ne-userid' }
  await draft([
    own('order'),
    { table: 'account', filter: { kind: 'custom', where: { any: [{ column: 'rank', op: 'eq', value: 1 }, named] } } },
    { table: 'booking', filter: { kind: 'custom', where: others } },
  ])
  const serving = await ask('/serving')
  expect(serving).toMatchObject({
    scans: [
      { table: 'account', path: 'any[1]' },
      { table: 'booking', path: '' },
    ],
    asksEach: [{ table: 'booking' }],
  })
  expect(serving.indexes).toContainEqual({ table: 'order', column: 'ownerid', made: true })
  expect(serving.indexes).toContainEqual({ table: 'account', column: 'rank', made: false })
  const published = (await (await publish()).json()) as any
  expect(published.serving).toMatchObject({ scans: serving.scans, asksEach: serving.asksEach })
  expect(published.serving.indexes).toContainEqual({ table: 'account', column: 'rank', made: true })
})

describe('two versions, by rows', () => {
  test('who would gain and lose how many rows, and of what is held which columns', async () => {
    expect(await ask('/gains')).toMatchObject({ users: [], asked: 2, of: 2 })
    const beyond = { column: 'status', op: 'gt', value: 1 }
    await draft([{ table: 'order', filter: { kind: 'custom', where: beyond }, columns: ['status'] }, { table: 'product', filter: { kind: 'all' } }]) // prettier-ignore
    const columns = { gained: [], lost: ['name', 'account', 'ownerid'] }
    expect(await ask('/gains')).toEqual({
      users: [
        // ann has 1, 2, 3 and gets 2, 3 and cid's 2
        { user: 'ann', tables: [{ table: 'order', gained: 1, lost: 1, columns }, { table: 'product', gained: 2, lost: 0 }] },
        { user: 'ben', tables: [{ table: 'order', gained: 3, lost: 1, columns }, { table: 'product', gained: 2, lost: 0 }] },
      ],
      asked: 2,
      of: 2,
    }) // prettier-ignore
  })

  test('and which ones, page by page, of tables held whole too', async () => {
    await draft([
      { table: 'order', filter: { kind: 'all' } },
      { table: 'product', filter: { kind: 'all' } },
    ])
    const ids = async (path: string) => (await ask(`/gains/ann/${path}`)).ids
    expect(await ids('order/gained?limit=2')).toEqual(['ben1', 'cid1'])
    expect(await ids('order/gained?limit=2&after=cid1')).toEqual(['cid2'])
    expect(await ids('order/lost')).toEqual([])
    expect(await ids('product/gained')).toEqual(['p1', 'p2'])
    await publish()
    expect(await ids('order/lost?from=2&to=1')).toEqual(['ben1', 'cid1', 'cid2'])
    expect(await ask('/gains?from=1&to=2&users=cid')).toMatchObject({ users: [{ user: 'cid', tables: [{ gained: 4, lost: 0 }, { gained: 2 }] }] }) // prettier-ignore
  })
})

test('[PR12] a column added to the schema is reported as drift, over the API, until it is selected', async () => {
  await draft([{ ...own('order'), columns: ['status', 'ownerid'] }])
  await publish()
  expect(await ask('/drift')).toEqual({ added: [], renamed: [], broken: [] })
  const read = await opened.ask('olga', '/api/admin/schema')
  const source = (await read.json()) as { tables: { name: string; columns: unknown[] }[] }
  source.tables.find(({ name }) => name === 'order')!.columns.push({ name: 'colour', type: 'string' })
  const headers = { 'if-match': read.headers.get('etag')! }
  const put = await opened.ask('olga', '/api/admin/schema', { method: 'PUT', headers, json: source })
  expect(put.status, await put.clone().text()).toBe(200)
  const added = [{ table: 'order', column: 'colour' }]
  expect(await ask('/drift')).toEqual({ added, renamed: [], broken: [] })
  expect((await ask('')).drift).toMatchObject({ added })
  await draft([{ ...own('order'), columns: ['status', 'ownerid', 'colour'] }])
  await publish()
  expect(await ask('/drift')).toEqual({ added: [], renamed: [], broken: [] })
})
