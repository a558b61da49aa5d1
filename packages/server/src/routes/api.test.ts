import { type LedgerEntry, unpackEnvelope } from '@rejoin/profile'
import { Hono } from 'hono'
import { hc } from 'hono/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ONLINE } from '../commit/online.ts'
import type { RelayApp } from '../relay.ts'
import type { StoredEdit } from '../storage/storage.ts'
import { type Opened, openRelay } from './relay.fixture.ts'

let opened: Opened
beforeEach(async () => {
  opened = await openRelay({ origins: ['https://app.example'] })
})
afterEach(() => opened.close())

const visits = '/api/tables/visit'
const create = (user: string, values: Record<string, unknown>, id?: string): Promise<Response> =>
  opened.ask(user, visits, { method: 'POST', json: { ...(id === undefined ? {} : { id }), values } })
const body = async (response: Response | Promise<Response>): Promise<any> => (await response).json()

test('what is created is answered with its row, revision and place, and read again with an ETag', async () => {
  const created = await create('olga', { title: 'Pump', done: false, price: 12.5, ownerid: 'fritz' })
  expect(created.status).toBe(201)
  const row = await body(created)
  expect(row).toMatchObject({ rev: 1, values: { title: 'Pump', done: false, price: 12.5, state: null } })
  expect(row.values).not.toHaveProperty('report')
  expect(row.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const read = await opened.ask('olga', created.headers.get('location')!)
  expect(read.headers.get('etag')).toBe('"1"')
  expect(await body(read)).toEqual(row)
})

test('a write is an edit like any other: it has a revision, an author and an outcome', async () => {
  const { id } = await body(create('olga', { title: 'Pump' }))
  await opened.ask('olga', `${visits}/${id}`, { method: 'PATCH', json: { values: { title: 'Pump 2' } } })
  const { storage } = opened.relay.core
  const [stored] = await storage.snapshot(view => view.records([{ table: 'visit', id }]))
  const { rev, recent } = unpackEnvelope(stored!.envelope)
  expect(rev).toBe(2)
  expect(recent.map(({ device }) => device)).toEqual([ONLINE, ONLINE])
  const edits = await storage.snapshot(view => view.edits(recent.map(({ edit }) => edit)))
  expect(edits.map(({ author, kind, outcome }) => [author, kind, outcome.status])).toEqual([
    ['olga', 'create', 'applied'],
    ['olga', 'update', 'applied'],
  ])
})

test('a change changes what it names, null clears, and If-Match refuses a stale one with 412', async () => {
  const { id } = await body(create('olga', { title: 'Pump', state: 'open', minutes: 5 }))
  const patch = (json: unknown, etag?: string): Promise<Response> =>
    opened.ask('olga', `${visits}/${id}`, {
      method: 'PATCH',
      json,
      ...(etag === undefined ? {} : { headers: { 'if-match': etag } }),
    })
  const changed = await patch({ values: { state: null, minutes: 7 } }, '"1"')
  expect(changed.status).toBe(200)
  expect(changed.headers.get('etag')).toBe('"2"')
  expect((await body(changed)).values).toMatchObject({ title: 'Pump', state: null, minutes: 7 })
  const stale = await patch({ values: { minutes: 8 } }, '"1"')
  expect(stale.status).toBe(412)
  expect(await body(stale)).toMatchObject({ code: 'changed', at: `table visit, record ${id}` })
  expect((await patch({ values: { minutes: 8 } }, 'W/"2"')).status).toBe(200)
  expect((await patch({ values: { minutes: 9 } }, 'something')).status).toBe(400)
})

test('a deleted record is gone, and its id may be created again', async () => {
  const { id } = await body(create('olga', { title: 'Pump' }))
  expect((await opened.ask('olga', `${visits}/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await opened.ask('olga', `${visits}/${id}`)).status).toBe(404)
  expect((await body(opened.ask('olga', visits))).rows).toEqual([])
  expect((await create('olga', { title: 'Again' }, id)).status).toBe(201)
  const exists = await create('olga', { title: 'Twice' }, id)
  expect(exists.status).toBe(409)
  expect((await body(exists)).code).toBe('exists')
})

test('invalid values are refused with 422 and every column that is wrong, and nothing is written', async () => {
  const refused = await create('olga', { minutes: 'many', wrong: 1 })
  expect(refused.status).toBe(422)
  const { faults } = await body(refused)
  expect(faults.map((fault: { at: string }) => fault.at).toSorted()).toEqual([
    'table visit, column minutes',
    'table visit, column title',
    'table visit, column wrong',
  ])
  expect((await opened.ask('olga', visits, { method: 'POST', json: { nonsense: true } })).status).toBe(400)
  const text = await opened.ask('olga', visits, {
    method: 'POST',
    body: '{',
    headers: { 'content-type': 'application/json' },
  })
  expect(text.status).toBe(400)
  expect((await create('olga', { title: 'x'.repeat(81) })).status).toBe(422)
  expect((await create('olga', { title: 'x'.repeat(1_100_000) })).status).toBe(413)
  expect((await create('olga', { title: 'Pump' }, 'no id!')).status).toBe(422)
  expect(await opened.relay.core.storage.snapshot(async view => view.head.rev)).toBe(0)
})

test('rows come in order of their ids, page after page, and equality filters them', async () => {
  for (const n of [1, 2, 3, 4, 5]) {
    await create(
      'olga',
      { title: `Visit ${n}`, minutes: n % 2, ...(n === 5 ? {} : { state: 'open' }), done: n > 3 },
      `v${n}`,
    )
  }
  const list = async (query: string): Promise<{ ids: string[]; next?: string }> => {
    const { rows, next } = await body(opened.ask('olga', `${visits}?${query}`))
    return { ids: rows.map((row: { id: string }) => row.id), ...(next === undefined ? {} : { next }) }
  }
  const next = expect.stringMatching(/^[\w-]{123}$/) as string
  const first = await list('limit=2')
  expect(first).toEqual({ ids: ['v1', 'v2'], next })
  const second = await list(`limit=2&after=${first.next}`)
  expect(second).toEqual({ ids: ['v3', 'v4'], next })
  expect(await list(`limit=2&after=${second.next}`)).toEqual({ ids: ['v5'] })
  expect(await list('minutes=1')).toEqual({ ids: ['v1', 'v3', 'v5'] })
  expect(await list('minutes=1&done=true')).toEqual({ ids: ['v5'] })
  expect(await list('state=')).toEqual({ ids: ['v5'] })
  expect((await opened.ask('olga', `${visits}?limit=0`)).status).toBe(400)
  expect((await opened.ask('olga', `${visits}?nothing=1`)).status).toBe(400)
})

test('[OM9] the online API reaches what the person may read, outside his profile too', async () => {
  await opened.ask('olga', '/api/tables/part', { method: 'POST', json: { values: { name: 'Valve' } } })
  const { rows } = await body(opened.ask('fritz', '/api/tables/part'))
  expect(rows.map((row: { values: { name: string } }) => row.values.name)).toEqual(['Valve'])
})

test('[SE1] a row a person may not read is as if it were not there, in lists, reads, writes and history', async () => {
  const { id } = await body(create('olga', { title: 'Secret', ownerid: 'flora' }))
  const absent = await opened.ask('fritz', `${visits}/none`)
  const hidden = await opened.ask('fritz', `${visits}/${id}`)
  expect([absent.status, hidden.status]).toEqual([404, 404])
  expect((await body(hidden)).message).toBe((await body(absent)).message)
  expect((await body(opened.ask('fritz', visits))).rows).toEqual([])
  for (const headers of [{}, { 'if-match': '"1"' }, { 'if-match': '"7"' }] as Record<string, string>[]) {
    for (const method of ['PATCH', 'DELETE']) {
      const json = method === 'PATCH' ? { values: { title: 'Mine' } } : undefined
      const statuses = await Promise.all(
        [id, 'none'].map(async name => {
          const response = await opened.ask('fritz', `${visits}/${name}`, {
            method,
            headers,
            ...(json ? { json } : {}),
          })
          return `${response.status} ${(await body(response)).message}`
        }),
      )
      expect(statuses[0]).toBe(statuses[1])
      expect(statuses[0]).toMatch(/^404/)
    }
  }
  expect((await body(opened.ask('flora', visits))).rows).toHaveLength(1)
})

test('[SE1] where a list goes on tells no id, and is neither chosen nor taken from another person or table', async () => {
  for (const [id, ownerid] of [
    ['mine', 'fritz'],
    ['secret', 'flora'],
    ['yours', 'fritz'],
  ] as const)
    await create('olga', { title: 'Pump', ownerid }, id)
  const page = (query: string, user = 'fritz', table = 'visit') => opened.ask(user, `/api/tables/${table}?${query}`)
  const first = await body(page('limit=1'))
  expect(first.rows.map(({ id }: { id: string }) => id)).toEqual(['mine'])
  expect(Buffer.from(first.next, 'base64url').toString('latin1')).not.toContain('mine')
  const second = await body(page(`limit=1&after=${first.next}`))
  expect(second.rows.map(({ id }: { id: string }) => id)).toEqual(['yours'])
  const altered = `${first.next.slice(0, -2)}${first.next.endsWith('AA') ? 'BB' : 'AA'}`
  expect((await body(page('limit=1&after='))).rows).toEqual(first.rows)
  for (const chosen of ['mine', 'secret', 'r', altered]) {
    const refused = await page(`limit=1&after=${chosen}`)
    expect([refused.status, (await body(refused)).code]).toEqual([400, 'cursor'])
  }
  expect((await page(`after=${first.next}`, 'flora')).status).toBe(400)
  expect((await page(`after=${first.next}`, 'fritz', 'part')).status).toBe(400)
})

test('[SE1] a hidden column never leaves, and no filter or write tells its value', async () => {
  const { id } = await body(create('olga', { title: 'Pump', price: 99, ownerid: 'fritz' }))
  const [listed] = (await body(opened.ask('fritz', visits))).rows
  const read = await body(opened.ask('fritz', `${visits}/${id}`))
  for (const row of [listed, read]) {
    expect(row.values.title).toBe('Pump')
    expect(row.values).not.toHaveProperty('price')
  }
  expect((await opened.ask('fritz', `${visits}?price=99`)).status).toBe(400)
  const changed = await opened.ask('fritz', `${visits}/${id}`, { method: 'PATCH', json: { values: { state: 'done' } } })
  expect(await body(changed)).not.toHaveProperty('values.price')
  const forbidden = await opened.ask('fritz', `${visits}/${id}`, { method: 'PATCH', json: { values: { price: 1 } } })
  expect(forbidden.status).toBe(403)
  expect((await body(opened.ask('olga', `${visits}/${id}`))).values.price).toBe(99)
})

test('[SE2] each write is authorised by what its author may do: table, row and column', async () => {
  const { id } = await body(create('olga', { title: 'Pump', ownerid: 'fritz' }))
  expect((await create('rita', { title: 'No' })).status).toBe(403)
  expect((await create('fritz', { title: 'For another', ownerid: 'flora' })).status).toBe(403)
  expect((await create('fritz', { title: 'Mine', ownerid: 'fritz' })).status).toBe(201)
  const minutes = await opened.ask('fritz', `${visits}/${id}`, { method: 'PATCH', json: { values: { minutes: 3 } } })
  expect(minutes.status).toBe(403)
  expect((await body(minutes)).at).toContain('column minutes')
  expect((await opened.ask('fritz', `${visits}/${id}`, { method: 'DELETE' })).status).toBe(403)
  expect((await opened.ask('fritz', '/api/tables/part', { method: 'POST', json: { values: {} } })).status).toBe(403)
  expect((await opened.ask('rita', '/api/tables/part')).status).toBe(404)
})

test('nobody is answered without a good token, and a token in an address is refused', async () => {
  const none = await opened.ask(undefined, visits)
  expect(none.status).toBe(401)
  expect(none.headers.get('www-authenticate')).toBe('Bearer')
  const forged = await opened.ask(undefined, visits, { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } })
  expect(forged.status).toBe(401)
  expect(await body(forged)).toMatchObject({ code: 'unauthenticated', fix: 'sign in again' })
  expect((await opened.ask('nobody', visits)).status).toBe(403)
  expect((await opened.ask('olga', `${visits}?access_token=x`)).status).toBe(400)
})

test('pages of allowed origins may call, others get no permission from their browser', async () => {
  const allowed = await opened.ask('olga', visits, { headers: { origin: 'https://app.example' } })
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example')
  const other = await opened.ask('olga', visits, { headers: { origin: 'https://evil.example' } })
  expect(other.headers.get('access-control-allow-origin')).toBeNull()
})

test('[SE1] the ledger and the refused edits show only records their reader may read, without hidden columns', async () => {
  const { storage } = opened.relay.core
  await create('olga', { title: 'Flora’s', price: 4, ownerid: 'flora' }, 'v1')
  const content = (price: number) => ({ fields: { title: 'Flora’s', price, ownerid: 'flora' }, deleted: false })
  const changes = { price: [4, 5] as const, title: ['a', 'b'] as const }
  const common = { edit: 'e1', table: 'visit', kind: 'update' as const, author: 'flora', device: 'd', at: 1, changes }
  await storage.commit({}, () => ({
    result: undefined,
    ledger: [
      {
        ...common,
        record: 'v1',
        rev: 1,
        strategy: 'clientWins',
        status: 'applied',
        base: 0,
        against: [],
        mine: content(5),
        theirs: content(4),
        result: content(5),
      },
    ],
    edits: [
      {
        ...common,
        id: 'v1',
        seq: 1,
        received: 2,
        outcome: { status: 'rejected', code: 'not-permitted', message: 'no', column: 'price' },
      },
    ],
  }))
  const office = await body(opened.ask('olga', '/api/ledger?table=visit&record=v1'))
  expect(office.entries[0]).toMatchObject({ edit: 'e1', mine: { values: { price: 5 } }, changes: { price: [4, 5] } })
  const flora = await body(opened.ask('flora', '/api/ledger'))
  expect(flora.entries[0]).toMatchObject({
    edit: 'e1',
    theirs: { values: { title: 'Flora’s' } },
    changes: { title: ['a', 'b'] },
  })
  const refused = await body(opened.ask('flora', '/api/refused'))
  expect(refused.edits[0]).toMatchObject({ edit: 'e1', status: 'rejected', code: 'not-permitted' })
  expect(JSON.stringify([flora, refused])).not.toContain('price')
  expect((await body(opened.ask('fritz', '/api/ledger'))).entries).toEqual([])
  expect((await body(opened.ask('fritz', '/api/refused'))).edits).toEqual([])
})

test('[SE1] the ledger tells who was given a record nothing of what it held while he could not read it', async () => {
  const { storage } = opened.relay.core
  await create('olga', { title: 'Now Flora’s', ownerid: 'flora' }, 'v1')
  const content = (title: string, ownerid: string) => ({ fields: { title, ownerid }, deleted: false })
  const hers = content('Now Flora’s', 'flora')
  const before = content('canary of Fritz', 'fritz')
  const versions = [
    { mine: before, theirs: hers, result: hers },
    { mine: hers, theirs: before, result: hers },
    { mine: hers, theirs: hers, result: before },
    { mine: hers, theirs: hers, result: hers },
  ]
  const common = {
    ...({ table: 'visit', record: 'v1', rev: 1, at: 1, strategy: 'ask', status: 'applied', kind: 'update' } as const),
    ...{ author: 'olga', device: 'd', base: 0, against: [], changes: {} },
  }
  const ledger = versions.map((version, n): LedgerEntry => ({ ...common, ...version, edit: `e${n}` }))
  await storage.commit({}, () => ({ result: undefined, ledger }))
  const seen = async (user: string): Promise<string[]> =>
    (await body(opened.ask(user, '/api/ledger'))).entries.map(({ edit }: { edit: string }) => edit).toSorted()
  expect(await seen('olga')).toEqual(['e0', 'e1', 'e2', 'e3'])
  expect(await seen('flora')).toEqual(['e3'])
  expect(await seen('fritz')).toEqual([])
})

test('[SE1] refused edits tell who was given a record nothing of what it held while he could not read it', async () => {
  const { storage } = opened.relay.core
  await create('olga', { title: 'canary of Fritz', ownerid: 'fritz' }, 'v1')
  const refused = (edit: string, received: number, changes: StoredEdit['changes']): StoredEdit => ({
    ...({ edit, table: 'visit', id: 'v1', kind: 'update', author: 'olga', device: 'd', seq: 1, at: 1 } as const),
    ...{ received, changes, outcome: { status: 'rejected', code: 'rule', message: 'no' } as const },
  })
  const early = refused('early', Date.now() + 500, { title: ['canary of Fritz', 'b'] })
  opened.skip(1_000)
  const json = { values: { title: 'Now Flora’s', ownerid: 'flora' } }
  await opened.ask('olga', `${visits}/v1`, { method: 'PATCH', json })
  const later = Date.now() + 10_000
  const edits = [
    early,
    refused('late', later, { title: ['Now Flora’s', 'b'] }),
    refused('taken', later, { ownerid: ['flora', 'fritz'] }),
    refused('claimed', later, { ownerid: ['fritz', 'flora'], title: ['canary', 'b'] }),
  ]
  await storage.commit({}, () => ({ result: undefined, edits }))
  const seen = async (user: string): Promise<string[]> =>
    (await body(opened.ask(user, '/api/refused'))).edits.map(({ edit }: { edit: string }) => edit).toSorted()
  expect(await seen('olga')).toEqual(['claimed', 'early', 'late', 'taken'])
  expect(await seen('flora')).toEqual(['late'])
  expect(await seen('fritz')).toEqual([])
})

test('the typed client knows routes, bodies and answers', async () => {
  const authorization = `Bearer ${await opened.issuer.token('olga')}`
  const client = hc<RelayApp>('http://relay', { headers: { authorization }, fetch: opened.relay.app.request })
  const created = await client.api.tables[':table'].$post({
    param: { table: 'visit' },
    json: { values: { title: 'Pump' } },
  })
  const row = await created.json()
  const rev: number = row.rev
  expect(rev).toBe(1)
  const listed = await client.api.tables[':table'].$get({
    param: { table: 'visit' },
    query: { limit: '10', title: 'Pump' },
  })
  const ids: string[] = (await listed.json()).rows.map(({ id }) => id)
  expect(ids).toEqual([row.id])
  const health: 'ok' = (await (await client.health.$get()).json()).status
  expect(health).toBe('ok')
  // @ts-expect-error a body without values does not compile
  await client.api.tables[':table'].$post({ param: { table: 'visit' }, json: {} })
})

test('the relay works inside an app of somebody else', async () => {
  const yours = new Hono().get('/mine', context => context.text('mine')).route('/rejoin', opened.relay.app)
  expect(await (await yours.request('/mine')).text()).toBe('mine')
  expect((await yours.request('/rejoin/health')).status).toBe(200)
  const refused = await yours.request('/rejoin/api/tables/visit')
  expect(refused.status).toBe(401)
  expect(await body(refused)).toMatchObject({ code: 'unauthenticated' })
})
