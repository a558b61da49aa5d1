import type { ProfileItem } from '@rejoin/profile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'
import { people, worldSchema } from './world.ts'

/** Cora's device is connected while Olga, who administers here, works on its profile over the API. */
let rig: Rig
let cora: Device
beforeEach(async () => {
  rig = await openRig()
  await rig.setSchema({
    ...worldSchema,
    roles: [...worldSchema.roles!, { name: 'chief', admin: true, tables: {} }],
  })
  await rig.setPerson({ ...people[0]!, roles: ['office', 'chief'] })
  cora = await rig.device('cora')
  await rig.office.create('workorder', 'w1', { title: 'Pump', ownerid: 'cora', status: 'open' })
  await rig.office.create('annotation', 'n1', { subject: 'Key at the door', workorder: 'w1', ownerid: 'cora' })
  await rig.calm()
})
afterEach(() => rig.close())

const administer = async (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) => {
  const response = await rig.relay.app.request(`/api/admin/profiles/mine${path}`, {
    method,
    headers: { authorization: 'Bearer olga', 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  return { status: response.status, etag: response.headers.get('etag')!, body: (await response.json()) as any }
}
const draft = async (...items: readonly unknown[]): Promise<void> => {
  const { etag } = await administer('GET', '')
  expect((await administer('PUT', '', { name: 'mine', items }, { 'if-match': etag })).status).toBe(200)
}
const publish = async () =>
  administer('POST', '/publish', undefined, { 'if-match': (await administer('GET', '')).etag })
const mine = (table: string): ProfileItem => ({ table, filter: { kind: 'other', mine: true } })
const all = (table: string): ProfileItem => ({ table, filter: { kind: 'all' } })
const held = (): string[] => ['workorder', 'account', 'annotation'].filter(table => cora.rows(table).length > 0)

describe('a profile that is edited while a device is connected', () => {
  test('[PR2] the device keeps the last published definition; the next one reaches it at once', async () => {
    expect(held()).toEqual(['workorder'])
    await draft(mine('workorder'), all('account'), mine('annotation'))
    await rig.pass(10 * 60_000)
    expect(held()).toEqual(['workorder'])
    await cora.reopen()
    await rig.calm()
    expect(held()).toEqual(['workorder'])
    const { body } = await publish()
    expect(body).toMatchObject({ state: 'Published', version: 2 })
    await rig.calm()
    expect(held()).toEqual(['workorder', 'annotation'])
    expect(cora.status()).toBe('live')
  })

  test('[PR2] a device that is away has it with its next sync; what it no longer may hold leaves', async () => {
    cora.offline()
    await draft(mine('annotation'))
    await publish()
    await rig.calm()
    expect(held()).toEqual(['workorder'])
    await cora.online()
    expect(held()).toEqual(['annotation'])
  })

  test('[PR3] a refused publication names every fault and changes nothing, on the relay and on the device', async () => {
    await draft(all('nothing'), { ...mine('workorder'), interval: 2, columns: ['colour'] }, mine('annotation'))
    const before = await administer('GET', '')
    const refused = await publish()
    expect(refused.status).toBe(422)
    expect(refused.body.faults.map(({ code, at }: any) => `${code} ${at}`)).toEqual([
      expect.stringMatching(/^unknown-table .*nothing/),
      expect.stringMatching(/^interval .*workorder/),
      expect.stringMatching(/^unknown-column .*workorder/),
    ])
    expect(await administer('GET', '')).toEqual(before)
    await rig.calm()
    expect(held()).toEqual(['workorder'])
    expect(cora.status()).toBe('live')
  })

  test('[PR10] a filter that names a column the schema lacks is refused at publication, naming it', async () => {
    const where = { any: [{ column: 'status', op: 'eq', value: 'open' }, { column: 'urgency', op: 'null' }] } // prettier-ignore
    await draft({ table: 'workorder', filter: { kind: 'custom', where } })
    const { status, body } = await publish()
    expect([status, body.code]).toEqual([422, 'unknown-column'])
    expect(`${body.at} ${body.message}`).toMatch(/workorder.*any\[1\].*urgency/)
    await rig.calm()
    expect(held()).toEqual(['workorder'])
  })
})

describe('before it is published', () => {
  test('[PR18] the dry run says of each user the rows his device then has', async () => {
    const north = await rig.office.create('workorder', 'w2', { title: 'Valve', ownerid: 'ana', status: 'open' })
    expect(north.status).toBeLessThan(300)
    await draft(mine('workorder'), all('account'), mine('annotation'))
    const { body } = await administer('GET', '/dry-run')
    expect(body.users).toMatchObject([{ user: 'cora', rows: 2 }])
    const rows = new Map(body.users[0].tables.map((each: any) => [each.table, each.rows]))
    await publish()
    await rig.calm()
    for (const table of ['workorder', 'account', 'annotation']) {
      expect(cora.rows(table).length, table).toBe(rows.get(table))
    }
  })

  test('[PR12] a column that is not selected never reaches the device, and one added later is drift', async () => {
    await draft({ ...mine('workorder'), columns: ['title', 'ownerid'] })
    await publish()
    await rig.calm()
    expect(cora.row('workorder', 'w1')).toMatchObject({ title: 'Pump', ownerid: 'cora', status: null })
    const { tables } = worldSchema
    await rig.setSchema({
      ...worldSchema,
      version: 2,
      tables: tables.map(table => table.name === 'workorder' ? { ...table, columns: [...table.columns, { name: 'colour', type: 'string' }] } : table), // prettier-ignore
    })
    await rig.office.update('workorder', 'w1', { colour: 'red' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'w1')).toMatchObject({ colour: 'red', status: 'open' })
    expect(cora.row('workorder', 'w1')?.['colour'] ?? null).toBe(null)
    expect(cora.row('workorder', 'w1')).toMatchObject({ title: 'Pump', status: null })
    expect((await administer('GET', '/drift')).body.added).toContainEqual({ table: 'workorder', column: 'colour' })
  })
})

test('[PR19] what is explained of every record is what every device shows', async () => {
  const devices = [cora, await rig.device('ana'), await rig.device('ben'), await rig.device('dora')]
  for (const [n, ownerid] of ['ana', 'north', 'ben', 'south', 'cora'].entries()) {
    await rig.office.create('workorder', `x${n}`, { title: `t${n}`, ownerid, status: n % 2 === 0 ? 'open' : 'done' })
  }
  await rig.office.create('account', 'a1', { name: 'Acme' })
  await rig.calm()
  for (const device of devices) {
    for (const [table, ids] of [
      ['workorder', ['w1', 'x0', 'x1', 'x2', 'x3', 'x4']],
      ['account', ['a1']],
      ['annotation', ['n1']],
    ] as const) {
      // prettier-ignore
      for (const id of ids) {
        const response = await rig.relay.app.request(`/api/admin/explain?user=${device.user}&table=${table}&id=${id}`, {
          headers: { authorization: 'Bearer olga' },
        })
        const { held: isHeld } = (await response.json()) as { held: boolean }
        expect(isHeld, `${device.user} ${table} ${id}`).toBe(device.row(table, id) !== undefined)
      }
    }
  }
})
