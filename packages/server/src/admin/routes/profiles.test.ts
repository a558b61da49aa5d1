import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, helloOf, type Opened } from '../../routes/relay.fixture.ts'
import { openAdmin } from './admin.fixture.ts'

let opened: Opened
beforeEach(async () => {
  opened = await openAdmin()
})
afterEach(() => opened.close())

const admin = '/api/admin'
const ask = (path: string, init: Parameters<Opened['ask']>[2] = {}): Promise<Response> =>
  opened.ask('ada', `${admin}${path}`, init)
const send = (method: string, path: string, json?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, { method, headers, ...(json === undefined ? {} : { json }) })
const body = async (response: Response | Promise<Response>): Promise<any> => (await response).json()
const codesOf = async (response: Promise<Response>): Promise<string[]> => {
  const fault = await body(response)
  return (fault.faults ?? [fault]).map(({ code }: { code: string }) => code)
}
const fresh = { 'if-none-match': '*' }
const tagOf = async (id: string): Promise<Record<string, string>> => ({
  'if-match': (await ask(`/profiles/${id}`)).headers.get('etag')!,
})

const publish = async (id: string): Promise<Response> =>
  send('POST', `/profiles/${id}/publish`, undefined, await tagOf(id))

const all = (table: string) => ({ table, filter: { kind: 'all' } })
const wider = { name: 'Field', items: [all('part'), all('visit')] }
const inForce = (user = 'fritz', app = 'test') => {
  const environment = opened.relay.core.environment()
  return environment.profileOf(environment.person(user)!, app)
}

describe('the life of a profile', () => {
  test('[CF12] [PR3] a profile that names a strategy its relay does not know is refused, beside its other faults', async () => {
    const named = { name: 'Field', strategy: 'urgentFirst', items: [all('nothing'), all('visit')] }
    await send('PUT', '/profiles/field', named, await tagOf('field'))
    expect((await body(send('POST', '/profiles/field/validate'))).faults).toMatchObject([
      { code: 'unknown-table' },
      { code: 'unknown-strategy', at: 'profile Field', message: expect.stringMatching(/urgentFirst/) },
    ])
    const refused = await publish('field')
    expect([refused.status, inForce()?.strategy]).toEqual([422, undefined])
    expect(await codesOf(publish('field'))).toEqual(['unknown-table', 'unknown-strategy'])
    await opened.close()
    opened = await openAdmin({ strategies: [{ name: 'urgentFirst', decide: () => 'mine' }] })
    await send('PUT', '/profiles/field', { ...named, items: [all('visit')] }, await tagOf('field'))
    expect((await publish('field')).status).toBe(200)
    expect(inForce()?.strategy).toBe('urgentFirst')
  })

  test('[PR2] a draft reaches nobody until it is published, and then has the next version', async () => {
    const before = inForce()
    const edited = await body(send('PUT', '/profiles/field', wider, await tagOf('field')))
    expect(edited).toMatchObject({ id: 'field', state: 'Unpublished', version: 1, shown: wider })
    expect(inForce()).toEqual(before)
    const published = await body(send('POST', '/profiles/field/publish', undefined, await tagOf('field')))
    expect(published).toMatchObject({ state: 'Published', version: 2, shown: wider })
    expect(inForce()).toEqual({ ...wider, version: 2 })
    expect(await body(ask('/profiles/field/versions/1'))).toEqual({ name: 'field', items: [all('visit')] })
    expect(await body(ask('/profiles/field/difference?from=1'))).toMatchObject({ added: [all('part')], removed: [] })
    expect((await ask('/profiles/field/versions/3')).status).toBe(404)
  })

  test('[PR3] a refused publication changes nothing and names every fault', async () => {
    const broken = { name: 'Field', items: [all('nothing'), { ...all('visit'), interval: 2, columns: ['colour'] }] }
    await send('PUT', '/profiles/field', broken, await tagOf('field'))
    const faults = ['unknown-table', 'interval', 'unknown-column']
    expect((await body(send('POST', '/profiles/field/validate'))).faults.map(({ code }: any) => code)).toEqual(faults)
    const refused = publish('field')
    expect((await refused).status).toBe(422)
    expect(await codesOf(publish('field'))).toEqual(faults)
    expect(inForce()?.version).toBe(1)
    const whole = await body(send('POST', '/profiles/field/validate', wider))
    expect(whole).toEqual({ faults: [] })
    expect(await body(send('POST', '/profiles/field/discard'))).toMatchObject({ state: 'Published', version: 1 })
    expect(await codesOf(publish('field'))).toEqual(['no-draft'])
  })

  test('of two administrators with one draft the second is refused, and must have read it to write it', async () => {
    const read = await tagOf('field')
    const unread = await send('POST', '/profiles/field/publish')
    expect([unread.status, (await body(unread)).code]).toEqual([428, 'precondition'])
    expect((await send('POST', '/profiles/field/publish', undefined, { 'if-match': '*' })).status).toBe(428)
    expect((await send('PUT', '/profiles/field', wider)).status).toBe(428)
    expect((await send('PUT', '/profiles/field', wider, read)).status).toBe(200)
    const second = { method: 'PUT', json: { ...wider, description: 'mine' }, headers: read }
    expect((await opened.ask('alan', `${admin}/profiles/field`, second)).status).toBe(412)
    expect((await send('POST', '/profiles/field/publish', undefined, read)).status).toBe(412)
    expect((await body(ask('/profiles/field'))).shown).toEqual(wider)
  })

  test('two drafts put at once with one tag: one is taken', async () => {
    const read = await tagOf('field')
    const both = await Promise.all(
      ['a', 'b'].map(description => send('PUT', '/profiles/field', { ...wider, description }, read)),
    )
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412])
  })

  test('a new one is made, copied, exported and put back as it was, and removed when no app has it', async () => {
    expect((await send('PUT', '/profiles/parts', { name: 'Parts', items: [all('part')] }, fresh)).status).toBe(200)
    expect((await send('PUT', '/profiles/parts', wider, fresh)).status).toBe(409)
    expect((await send('PUT', '/profiles/other', { name: '', items: 1 }, fresh)).status).toBe(400)
    expect((await body(send('POST', '/profiles/parts/copy', { id: 'more', name: 'More' }))).name).toBe('More')
    expect((await send('POST', '/profiles/parts/copy', { id: 'more', name: 'More' })).status).toBe(409)
    const exported = await (await ask('/profiles/parts/export')).text()
    expect(exported).toMatch(/^\{\n {2}"name": "Parts"/)
    await send('PUT', '/profiles/again', JSON.parse(exported), fresh)
    expect(await (await ask('/profiles/again/export')).text()).toBe(exported)
    expect((await body(ask('/profiles'))).rows.map(({ id }: any) => id)).toEqual([
      'again',
      'field',
      'more',
      'parts',
      'vendor',
    ])
    expect((await send('DELETE', '/profiles/parts')).status).toBe(204)
    expect((await ask('/profiles/parts')).status).toBe(404)
    expect(await codesOf(send('DELETE', '/profiles/field'))).toEqual(['in-use'])
  })

  test('[PR12] a column added to the schema is reported as drift', async () => {
    const narrow = { name: 'Field', items: [{ ...all('visit'), columns: ['title'] }] }
    await send('PUT', '/profiles/field', narrow, await tagOf('field'))
    const published = await body(publish('field'))
    expect(published).not.toHaveProperty('drift')
    const schema = await body(ask('/schema'))
    schema.tables[0].columns.push({ name: 'note', type: 'string' })
    await send('PUT', '/schema', schema)
    expect((await body(ask('/profiles/field'))).drift.added).toEqual([{ table: 'visit', column: 'note' }])
  })
})

describe('who has a profile', () => {
  const members = (id: string, change: object): Promise<Response> => send('PATCH', `/profiles/${id}/members`, change)
  const make = async (id: string, name = id): Promise<void> => {
    await send('PUT', `/profiles/${id}`, { name, items: [all('part')] }, fresh)
    await publish(id)
  }
  const profilesOf = async (user: string): Promise<any[]> => (await body(ask(`/users/${user}/profiles`))).rows

  test('[MB3] direct before team before the default of the app; two alike are a conflict, and the newest counts', async () => {
    await make('team')
    await make('own')
    await make('late')
    await send('PUT', '/apps/*', { name: '*', profiles: ['field', 'team', 'own', 'late'], default: 'field' })
    expect(await profilesOf('flora')).toMatchObject([{ app: '*', profile: 'field', why: 'app', conflict: false }])
    await members('team', { add: { teams: ['red'] } })
    expect(await profilesOf('flora')).toMatchObject([{ profile: 'team', why: 'team', version: 1 }])
    await members('own', { add: { users: ['flora', 'fritz'] } })
    expect(await profilesOf('flora')).toMatchObject([{ profile: 'own', why: 'direct', conflict: false }])
    opened.skip(1_000)
    await members('late', { add: { users: ['flora'] } })
    expect(await profilesOf('flora')).toMatchObject([
      { profile: 'late', why: 'direct', conflict: true, others: ['own'] },
    ])
    expect((await body(ask('/conflicts'))).rows).toMatchObject([{ user: 'flora', app: '*', profile: 'late' }])
    opened.skip(1_000)
    await members('own', { add: { users: ['flora'] } })
    expect((await profilesOf('flora'))[0], 'given again is given before').toMatchObject({ profile: 'late' })
    await members('late', { remove: { users: ['flora'] } })
    await members('own', { remove: { users: ['flora'] } })
    expect(inForce('flora')?.name).toBe('team')
    expect(inForce('fritz')?.name).toBe('own')
  })

  test('[MB1] [MB4] a profile has effect in the apps it is attached to, and nobody has one in another', async () => {
    await make('parts')
    await send('PUT', '/apps/stock', { name: 'stock', profiles: ['parts'] })
    await members('parts', { add: { users: ['fritz'] } })
    expect(inForce('fritz', 'stock')?.name).toBe('parts')
    expect(inForce('fritz', 'other')?.name).toBe('field')
    expect(inForce('flora', 'stock')).toBeUndefined()
    await send('DELETE', '/apps/*')
    expect(inForce('fritz', 'other')).toBeUndefined()
    expect(inForce('fritz', 'stock')?.name).toBe('parts')
  })

  test('members are given all at once or not at all, and leave with the user or the team', async () => {
    await make('parts')
    const unknown = members('parts', { add: { users: ['fritz', 'x'], teams: ['y'] } })
    expect(await codesOf(unknown)).toEqual(['not-found', 'not-found'])
    expect((await body(ask('/profiles/parts'))).members).toEqual({ users: [], teams: [] })
    await members('parts', { add: { users: ['fritz', 'flora'], teams: ['red'] } })
    await send('DELETE', '/users/fritz')
    await send('DELETE', '/teams/red')
    expect((await body(ask('/profiles/parts'))).members).toEqual({ users: ['flora'], teams: [] })
    await send('PUT', '/users/fritz', { id: 'fritz', name: 'Another' })
    expect((await body(ask('/profiles/parts'))).members.users).toEqual(['flora'])
  })

  test('an app names profiles that are there, and its default among them', async () => {
    expect(await codesOf(send('PUT', '/apps/x', { name: 'x', profiles: ['none'], default: 'field' }))).toEqual([
      'unknown-profile',
      'default',
    ])
  })

  test('[MB2] [MB4] the device’s app decides what it hears: members come without a publication', async () => {
    await make('parts')
    await send('PUT', '/apps/stock', { name: 'stock', profiles: ['parts'] })
    const { url } = await opened.serve()
    const token = await opened.issuer.token('fritz')
    const tablesOf = async (app: string): Promise<string[]> => {
      const device = await connect(url)
      device.send({ ...helloOf(token), app } as never)
      const welcome = await device.next('welcome')
      device.raw.terminate()
      return welcome.tables.map(({ table }) => table)
    }
    expect(await tablesOf('stock')).toEqual([])
    await members('parts', { add: { users: ['fritz'] } })
    expect(await tablesOf('other')).toEqual(['visit'])
    await send('PUT', '/roles/field', { name: 'field', tables: { '*': { read: 'own' } } })
    expect(await tablesOf('stock')).toEqual(['part'])
  })
})

test('[MB5] two roles with two profiles: a device is sent the rows of its own profile, and no others', async () => {
  await send('PUT', '/profiles/parts', { name: 'Parts', items: [all('part')] }, fresh)
  await publish('parts')
  await send('PUT', '/apps/*', { name: '*', profiles: ['field', 'parts'] })
  await send('PATCH', '/profiles/field/members', { add: { teams: ['red'] } })
  await send('PATCH', '/profiles/parts/members', { add: { users: ['fritz'] } })
  const every = { create: 'all', read: 'all', write: 'all' }
  await send('PUT', '/roles/field', { name: 'field', tables: { '*': every } })
  await opened.ask('flora', '/api/tables/visit', { method: 'POST', json: { id: 'v1', values: { title: 'Pump' } } })
  await opened.ask('flora', '/api/tables/part', { method: 'POST', json: { id: 'p1', values: { name: 'Valve' } } })
  const { url } = await opened.serve()
  const firstPage = async (user: string, device: string) => {
    const wire = await connect(url)
    wire.send(helloOf(await opened.issuer.token(user), device))
    const { tables } = await wire.next('welcome')
    const page = await wire.next('page')
    wire.raw.terminate()
    return { tables: tables.map(({ table }) => table), page: page.table }
  }
  expect(await firstPage('fritz', '00000000000000f1')).toEqual({ tables: ['part'], page: 'part' })
  expect(await firstPage('flora', '00000000000000f2')).toEqual({ tables: ['visit'], page: 'visit' })
})

describe('a managed default', () => {
  const update = { name: 'Vendor', items: [{ table: 'visit', filter: { kind: 'other', mine: true } }] }

  test('[MG2] a vendor’s filter waits for an administrator, who takes or refuses it; [MG5] both forms are shown', async () => {
    const received = await body(send('PUT', '/profiles/vendor/vendor', update))
    expect(received.pending).toMatchObject([{ table: 'visit', offered: { kind: 'other', mine: true } }])
    expect((await body(ask('/profiles/vendor/vendor'))).pristine).toEqual(update)
    const taken = await body(send('POST', '/profiles/vendor/vendor/visit/take'))
    expect(taken).toMatchObject({ state: 'Unpublished', pending: [], shown: update })
    await publish('vendor')
    await send('PUT', '/profiles/vendor/vendor', { ...update, items: [all('visit')] })
    const refused = await body(send('POST', '/profiles/vendor/vendor/visit/refuse'))
    expect(refused).toMatchObject({ state: 'Published', pending: [], shown: update })
    expect(await codesOf(send('POST', '/profiles/vendor/vendor/visit/take'))).toEqual(['not-pending'])
  })

  test('[MG4] a copy is no vendor’s, and any other profile neither', async () => {
    await send('POST', '/profiles/vendor/copy', { id: 'copy', name: 'Copy' })
    expect(await codesOf(send('PUT', '/profiles/copy/vendor', update))).toEqual(['not-managed'])
    expect((await ask('/profiles/field/vendor')).status).toBe(422)
  })
})

test('[PR14] the limits of profiles are settings', async () => {
  await send('PATCH', '/settings', { limits: { relationships: 3, many: 2 } })
  expect((await body(ask('/settings'))).limits).toEqual({ relationships: 3, many: 2 })
  expect(opened.relay.core.environment().settings.limits).toEqual({ relationships: 3, many: 2 })
})
