import { rightsOf } from '@rejoin/profile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCore } from '../../core.ts'
import { loadEnvironment } from '../../environment/environment.ts'
import { connect, helloOf, type Opened, openRelay } from '../../routes/relay.fixture.ts'
import { openAdmin, openStorage } from './admin.fixture.ts'

let opened: Opened
beforeEach(async () => {
  opened = await openAdmin()
})
afterEach(() => opened.close())

const admin = '/api/admin'
const ask = (path: string, init: Parameters<Opened['ask']>[2] = {}): Promise<Response> =>
  opened.ask('ada', `${admin}${path}`, init)
const put = (path: string, json: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, { method: 'PUT', json, headers })
const body = async (response: Response | Promise<Response>): Promise<any> => (await response).json()
const fritz = { id: 'fritz', name: 'Fritz Field', unit: 'north', roles: ['field'], manager: 'ada' }

describe('the administration is open to', () => {
  test.each([
    ['nobody without a token', undefined, 401],
    ['nobody without an administrator role', 'fritz', 403],
    ['who has the role', 'ada', 200],
    ['who has it by a team', 'alan', 200],
  ] as const)('%s', async (_who, user, status) => {
    expect((await opened.ask(user, `${admin}/users`)).status).toBe(status)
    const change = { method: 'PUT', json: { id: 'eve', name: 'Eve' } }
    expect((await opened.ask(user, `${admin}/users/eve`, change)).status).toBe(status)
    expect(opened.relay.core.environment().person('eve') !== undefined).toBe(status === 200)
  })

  test('nobody whose role was taken away a moment ago', async () => {
    await ask('/teams/chiefs/members/alan', { method: 'DELETE' })
    expect((await opened.ask('alan', `${admin}/users`)).status).toBe(403)
  })
})

describe('users, teams, units, roles and shares', () => {
  test('are listed in order of their ids, page by page, and found by a part of id or name', async () => {
    const ids = ({ rows }: { rows: { id: string }[] }): string[] => rows.map(({ id }) => id)
    expect(ids(await body(ask('/users')))).toEqual(['ada', 'alan', 'flora', 'fritz'])
    const first = await body(ask('/users?limit=3'))
    expect([ids(first), first.next]).toEqual([['ada', 'alan', 'flora'], 'flora'])
    expect(await body(ask('/users?limit=3&after=flora'))).toEqual({ rows: [fritz] })
    expect(ids(await body(ask('/users?search=field')))).toEqual(['flora', 'fritz'])
    expect((await body(ask('/shares'))).rows).toEqual([
      { table: 'visit', record: 'v1', with: 'flora', rights: ['read'] },
    ])
    expect((await ask('/users?limit=0')).status).toBe(400)
  })

  test('are made, read with an ETag, changed only as they were read, and removed', async () => {
    const made = await put('/units/south', { id: 'south', name: 'South', parent: 'all' }, { 'if-none-match': '*' })
    expect(made.status).toBe(200)
    const read = await ask('/units/south')
    const tag = read.headers.get('etag')!
    expect(tag).toBe(made.headers.get('etag'))
    const again = await put('/units/south', { id: 'south', name: 'South' }, { 'if-none-match': '*' })
    expect([again.status, (await body(again)).code]).toEqual([409, 'exists'])
    expect((await put('/units/south', { id: 'south', name: 'Süden' }, { 'if-match': tag })).status).toBe(200)
    const late = await put('/units/south', { id: 'south', name: 'Sud' }, { 'if-match': tag })
    expect([late.status, (await body(late)).code]).toEqual([412, 'changed'])
    expect((await body(ask('/units/south'))).name).toBe('Süden')
    expect((await ask('/units/south', { method: 'DELETE', headers: { 'if-match': tag } })).status).toBe(412)
    expect((await ask('/units/south', { method: 'DELETE' })).status).toBe(204)
    expect((await ask('/units/south')).status).toBe(404)
    expect((await ask('/units/south', { method: 'DELETE' })).status).toBe(404)
  })

  test('are refused with every fault, its place and what to do, and nothing is written', async () => {
    const before = opened.relay.core.environment()
    const refused = await put('/users/fritz', { ...fritz, unit: 'x', roles: ['y'], manager: 'flora', timeZone: 'Z/Z' })
    expect(refused.status).toBe(422)
    const { faults } = await body(refused)
    expect(faults.map(({ code }: { code: string }) => code)).toEqual([
      'unknown-unit',
      'unknown-role',
      'time-zone',
      'cycle',
    ])
    expect(faults.every((fault: { at: string; fix: string }) => fault.at === 'user fritz' && fault.fix !== '')).toBe(
      true,
    )
    expect((await put('/users/fritz', { ...fritz, id: 'other' })).status).toBe(422)
    expect((await put('/users/fritz', { ...fritz, wrong: 1 })).status).toBe(400)
    expect((await put('/users/no id', { id: 'no id', name: 'x' })).status).toBe(400)
    expect((await put('/users/red', { id: 'red', name: 'x' })).status).toBe(422)
    expect((await body(put('/roles/field', { name: 'field', tables: { nothing: { read: 'all' } } }))).at).toBe(
      'role field, table nothing',
    )
    expect(
      (await put('/shares/visit/v1/flora', { table: 'visit', record: 'v1', with: 'flora', rights: ['write'] })).status,
    ).toBe(422)
    expect((await body(ask('/units/north', { method: 'DELETE' }))).message).toBe(
      'is named by user flora, user fritz, team red',
    )
    expect((await ask('/roles/field', { method: 'DELETE' })).status).toBe(409)
    expect(opened.relay.core.environment()).toBe(before)
    expect((await body(ask('/audit'))).changes).toEqual([])
  })

  test('a user who leaves takes memberships and shares along, and those below are nobody’s', async () => {
    expect((await ask('/users/fritz', { method: 'DELETE' })).status).toBe(204)
    expect(await body(ask('/users/flora'))).not.toHaveProperty('manager')
    expect((await ask('/users/flora', { method: 'DELETE' })).status).toBe(204)
    expect((await body(ask('/teams/red'))).members).toEqual([])
    expect((await body(ask('/shares'))).rows).toEqual([])
  })

  test('a share has an address of table, record and receiver, and is seen in the person', async () => {
    const share = { table: 'visit', record: 'v2', with: 'red', rights: ['read', 'delete'] }
    expect((await put('/shares/visit/v2/red', share)).status).toBe(200)
    expect(await body(ask('/shares/visit/v2/red'))).toEqual(share)
    expect((await body(ask('/users/flora/resolved'))).shared).toEqual({
      visit: { v1: ['read'], v2: ['read', 'delete'] },
    })
    expect((await ask('/shares/visit/v2/red', { method: 'DELETE' })).status).toBe(204)
    expect((await body(ask('/users/flora/resolved'))).shared).toEqual({ visit: { v1: ['read'] } })
  })

  test('[FI2] team members come and go one by one, and people are resolved anew', async () => {
    expect((await ask('/teams/red/members/fritz', { method: 'PUT' })).status).toBe(204)
    expect((await ask('/teams/red/members/fritz', { method: 'PUT' })).status).toBe(204)
    expect((await body(ask('/teams/red'))).members).toEqual(['flora', 'fritz'])
    expect(opened.relay.core.environment().person('fritz')?.teams).toEqual(['red'])
    expect(opened.relay.core.environment().person('ada')?.below).toEqual({ people: ['fritz', 'flora'], teams: ['red'] })
    expect((await ask('/teams/red/members/nobody', { method: 'PUT' })).status).toBe(404)
    expect((await ask('/teams/none/members/fritz', { method: 'PUT' })).status).toBe(404)
    await ask('/teams/red/members/flora', { method: 'DELETE' })
    expect((await body(ask('/teams/red'))).members).toEqual(['fritz'])
  })
})

test('nobody can shut every administrator out, and the last role stays', async () => {
  await ask('/teams/chiefs/members/alan', { method: 'DELETE' })
  for (const [path, init] of [
    ['/users/ada', { method: 'DELETE' }],
    ['/users/ada', { method: 'PUT', json: { id: 'ada', name: 'Ada' } }],
    ['/roles/chief', { method: 'PUT', json: { name: 'chief', tables: {} } }],
  ] as const) {
    const refused = await ask(path, init)
    expect([refused.status, (await body(refused)).code]).toEqual([409, 'last-administrator'])
  }
  expect((await ask('/users')).status).toBe(200)
})

describe('settings', () => {
  test('[CF12] are changed one by one; a table follows the environment again', async () => {
    const { headers } = await ask('/settings')
    const settings = () => opened.relay.core.environment().settings
    const change = (json: unknown, tag = headers.get('etag')!): Promise<Response> =>
      ask('/settings', { method: 'PATCH', json, headers: { 'if-match': tag } })
    const changed = await change({ strategies: { visit: 'ask', part: null }, levels: 5 })
    expect(await body(changed)).toMatchObject({ strategy: 'clientWins', levels: 5 })
    expect(settings().strategies).toEqual({ visit: 'ask' })
    expect(opened.relay.core.environment().strategyOf('visit')).toBe('ask')
    expect((await change({ strategy: 'merge' })).status).toBe(412)
    expect((await change({ strategy: 'merge' }, changed.headers.get('etag')!)).status).toBe(200)
    expect((await body(ask('/settings', { method: 'PATCH', json: { strategies: { none: 'ask' } } }))).code).toBe(
      'unknown-table',
    )
    expect((await ask('/settings', { method: 'PATCH', json: { strategy: 'coin' } })).status).toBe(422)
  })

  test('[CF12] a strategy is set by its name, one of the application too; a name nobody knows is refused, saying where', async () => {
    const change = async (json: unknown): Promise<Response> => {
      const { headers } = await ask('/settings')
      return ask('/settings', { method: 'PATCH', json, headers: { 'if-match': headers.get('etag')! } })
    }
    const settings = () => opened.relay.core.environment().settings
    const before = settings()
    const refused = await change({ strategy: 'urgentFirst', strategies: { visit: 'urgentLast' } })
    expect(refused.status).toBe(422)
    expect((await body(refused)).faults).toMatchObject([
      { code: 'unknown-strategy', at: 'settings', message: 'there is no strategy "urgentFirst" here' },
      { code: 'unknown-strategy', at: 'settings, table visit' },
    ])
    expect(settings()).toEqual(before)
    const storage = await openStorage()
    await opened.close()
    const own = { strategies: [{ name: 'urgentFirst', decide: () => 'mine' as const }] }
    opened = await openRelay({ storage, ...own })
    expect((await change({ strategies: { visit: 'urgentFirst' } })).status).toBe(200)
    expect(settings().strategies).toMatchObject({ visit: 'urgentFirst' })
    // A relay without it does not start on that database, and says why; programs that settle nothing still read it.
    const without = createCore({
      storage,
      identity: opened.relay.core.identity,
      now: Date.now,
      random: () => new Uint8Array(8),
      log: () => {},
    })
    await expect(without).rejects.toMatchObject({ faults: [{ code: 'unknown-strategy', at: 'settings, table visit' }] })
    expect((await storage.snapshot(view => loadEnvironment(view))).settings.strategies).toMatchObject({
      visit: 'urgentFirst',
    })
  })

  test('the least releases of apps are written as a whole, and are whole numbers', async () => {
    const patch = (leastReleases: unknown): Promise<Response> =>
      ask('/settings', { method: 'PATCH', json: { leastReleases } })
    expect((await body(ask('/settings'))).leastReleases).toEqual({})
    expect((await body(patch({ field: 3 }))).leastReleases).toEqual({ field: 3 })
    expect((await patch({ field: 2.5 })).status).toBe(400)
    expect((await body(patch({}))).leastReleases).toEqual({})
  })

  test('[CF10] rules are written as a whole, each fault with its place, and stay while a schema fits them', async () => {
    const patch = (rules: unknown): Promise<Response> => ask('/settings', { method: 'PATCH', json: { rules } })
    const when = { column: 'minutes', op: 'not-null' }
    const billed = { name: 'billed', table: 'visit', on: ['update'], when, message: 'is billed' }
    const faulty = await patch([{ ...billed, when: { ...when, column: 'minute' } }])
    expect([faulty.status, await body(faulty)]).toMatchObject([
      422,
      { code: 'unknown-column', at: 'rule billed, table visit, filter, column minute' },
    ])
    expect((await patch([{ ...billed, on: ['create'] }])).status).toBe(400)
    expect((await body(patch([billed]))).rules).toEqual([billed])
    expect(opened.relay.core.environment().rulesOf('visit')).toEqual([billed])
    expect((await body(ask('/settings', { method: 'PATCH', json: { strategy: 'merge' } }))).rules).toEqual([billed])
    const { tables, ...present } = await body(ask('/schema'))
    const renamed = tables.map((table: { columns: { name: string }[] }) => ({
      ...table,
      columns: table.columns.map(column =>
        column.name === 'minutes' ? { ...column, id: 'minutes', name: 'm' } : column,
      ),
    }))
    const refused = await put('/schema', { ...present, tables: renamed })
    expect([refused.status, (await body(refused)).at]).toEqual([
      422,
      'rule billed, table visit, filter, column minutes',
    ])
  })
})

describe('the schema', () => {
  test('is replaced under a version of its own; roles stay', async () => {
    const present = await body(ask('/schema'))
    const [visit, part] = present.tables
    const wider = { ...visit, columns: [...visit.columns, { name: 'note', type: 'string' }] }
    const changed = await body(put('/schema', { ...present, tables: [wider, part] }))
    expect(changed.version).toBe(4)
    const { schema } = opened.relay.core.environment()
    expect([schema.version, schema.tables.get('visit')!.byName.has('note'), schema.roles.size]).toEqual([4, true, 2])
  })

  test('is refused with every fault, and where values would be lost unless that is said', async () => {
    const present = await body(ask('/schema'))
    const [visit] = present.tables
    const columns = visit.columns
      .filter(({ name }: { name: string }) => name !== 'title')
      .map((column: { name: string }) => (column.name === 'minutes' ? { ...column, type: 'string' } : column))
    const less = { ...present, tables: [{ ...visit, primaryName: 'minutes', columns }] }
    const refused = await put('/schema', less)
    expect(refused.status).toBe(409)
    expect((await body(refused)).faults.map(({ at }: { at: string }) => at)).toEqual([
      'table visit, column title',
      'table visit, column minutes',
      'table part',
    ])
    expect((await put('/schema', { tables: [{ ...visit, primaryKey: 'x' }, {}] })).status).toBe(400)
    expect((await put('/schema', { tables: [{ ...visit, primaryKey: 'x' }] })).status).toBe(422)
    expect(opened.relay.core.environment().schema.version).toBe(3)
    expect((await put('/schema?lose=true', less)).status).toBe(200)
    expect(opened.relay.core.environment().schema.tables.size).toBe(1)
  })

  test('keeps what a published profile needs', async () => {
    const present = await body(ask('/schema'))
    const refused = await put('/schema?lose=true', { tables: [present.tables[1]] })
    expect([refused.status, (await body(refused)).at]).toEqual([422, 'role field, table visit'])
    await put('/roles/field', { name: 'field', tables: {} })
    const again = await put('/schema?lose=true', { tables: [present.tables[1]] })
    expect([again.status, (await body(again)).at]).toEqual([422, 'profile field, table visit'])
  })
})

test('each change is in the audit with who, when and what', async () => {
  const began = Date.now()
  await put('/units/south', { id: 'south', name: 'South' })
  await opened.ask('alan', `${admin}/users/flora`, { method: 'DELETE' })
  const { changes } = await body(ask('/audit'))
  expect(changes.map(({ number, by, what }: any) => [number, by, what])).toEqual([
    [2, 'alan', 'removed user flora'],
    [1, 'ada', 'made unit south'],
  ])
  expect(changes[0].entries).toEqual([
    { kind: 'user', id: 'flora' },
    { kind: 'share', id: 'visit/v1/flora' },
    { kind: 'leaver', id: 'flora' },
    { kind: 'team', id: 'red' },
  ])
  expect(changes[0].at).toBeGreaterThanOrEqual(began)
  expect((await body(ask('/audit?limit=1&before=2'))).changes.map(({ number }: any) => number)).toEqual([1])
})

test('[MB2] a user who was removed is told at once, and his device again: it holds nothing, and he may nothing', async () => {
  const { url } = await opened.serve()
  const token = await opened.issuer.token('fritz')
  const device = await connect(url)
  device.send(helloOf(token))
  expect((await device.next('welcome')).tables.map(({ table }) => table)).toEqual(['visit'])
  expect((await ask('/users/fritz', { method: 'DELETE' })).status).toBe(204)
  await device.closed
  const again = await connect(url)
  again.send(helloOf(token))
  expect((await again.next('welcome')).tables).toEqual([])
  again.raw.terminate()
  const environment = opened.relay.core.environment()
  const rights = rightsOf(environment.schema, environment.leaver('fritz')!)
  expect(rights.depth('visit', 'create')).toBe('none')
  expect((await opened.ask('fritz', '/api/tables/visit')).status).toBe(403)
  const stranger = await connect(url)
  stranger.send(helloOf(await opened.issuer.token('nobody'), '00000000000000bb'))
  expect((await stranger.closed).code).toBe(4403)
  await put('/users/fritz', fritz)
  const back = await connect(url)
  back.send(helloOf(token))
  expect((await back.next('welcome')).tables.map(({ table }) => table)).toEqual(['visit'])
  back.raw.terminate()
})

describe('the description', () => {
  test('is OpenAPI, with every route, and a page without assets from elsewhere; both without a token', async () => {
    const document = await body(opened.ask(undefined, `${admin}/openapi.json`))
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/users', '/users/{id}', '/shares/{table}/{record}/{with}', '/settings', '/schema']),
    )
    expect(document.components.schemas).toHaveProperty('User')
    const page = await opened.ask(undefined, admin)
    const text = await page.text()
    expect(page.headers.get('content-type')).toContain('text/html')
    for (const path of Object.keys(document.paths)) expect(text).toContain(path)
    expect(text).not.toMatch(/<script|<link|<img|https?:\/\//)
  })
})
