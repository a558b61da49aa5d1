import type { ProfileItem } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from '../scopes/device.ts'
import { heardSince, lifeOf, openScene, type Scene, shown } from './scene.ts'

let scene: Scene
afterEach(() => scene.close())

/** Both ways by which a change comes: pushed while connected, and found by a pass after having been away. */
const ways = ['while connected', 'at the next pass'] as const
type Way = (typeof ways)[number]

/** Something happens to a device that is connected, or away and back. @returns what it was sent for it */
const during = async (
  way: Way,
  device: Device,
  happens: () => Promise<void>,
): Promise<ReturnType<typeof heardSince>> => {
  const before = device.line.frames.length
  if (way === 'at the next pass') scene.place.cut(device)
  await happens()
  if (way === 'at the next pass') scene.place.join(device)
  await scene.place.quiet()
  const heard = heardSince(device, before)
  // Connected, it is told exactly.
  if (way === 'while connected') expect(heard.compared).toBe(false)
  return heard
}

/** My bookings, and what hangs on them. */
const myDay: readonly ProfileItem[] = [
  { table: 'booking', filter: { kind: 'other', mine: true } },
  { table: 'workorder', filter: { kind: 'related' }, relationships: ['booking_workorder'] },
  { table: 'account', filter: { kind: 'related' }, relationships: ['workorder_account'] },
  { table: 'incident', filter: { kind: 'related' }, relationships: ['incident_workorder'] },
]
const ann = { id: 'ann', name: 'Ann', roles: [], unit: 'service', timeZone: 'Europe/Berlin' }
const ben = { id: 'ben', name: 'Ben', roles: [], unit: 'sales' }

describe('related rows', () => {
  it.each(ways)(
    '[DS4][PR17] a whole chain of rows enters and leaves because one booking changed hands (%s)',
    async way => {
      scene = await openScene({ users: [ann, ben], items: myDay })
      await scene.put({
        'account/a1': { name: 'Smith' },
        'workorder/w1': { name: 'Pump', account: 'a1' },
        'incident/i1': { name: 'leaks', workorder: 'w1' },
        'incident/i2': { name: 'of nothing' },
        'booking/b1': { name: 'Monday', workorder: 'w1', ownerid: 'ben' },
      })
      const device = await scene.device('ann')
      expect(shown(device)).toEqual([])
      const entered = await during(way, device, () => scene.put({ 'booking/b1': { ownerid: 'ann' } }))
      expect(shown(device)).toEqual(['account/a1', 'booking/b1', 'incident/i1', 'workorder/w1'])
      expect(new Set(entered.rows)).toEqual(new Set(shown(device)))
      await during(way, device, () => scene.put({ 'booking/b1': { ownerid: 'ben' } }))
      expect(shown(device)).toEqual([])
    },
  )

  it.each(ways)('[DS4] a related row leaves when its last support leaves, and only then (%s)', async way => {
    scene = await openScene({ users: [ann], items: myDay })
    await scene.put({
      'account/a1': { name: 'Smith' },
      'workorder/w1': { name: 'Pump', account: 'a1' },
      'workorder/w2': { name: 'Valve', account: 'a1' },
      'booking/b1': { workorder: 'w1', ownerid: 'ann' },
      'booking/b2': { workorder: 'w1', ownerid: 'ann' },
      'booking/b3': { workorder: 'w2', ownerid: 'ann' },
    })
    const device = await scene.device('ann')
    const first = await during(way, device, () => scene.put({ 'booking/b1': undefined }))
    expect(first).toMatchObject({ rows: [] })
    expect(shown(device)).toEqual(['account/a1', 'booking/b2', 'booking/b3', 'workorder/w1', 'workorder/w2'])
    await during(way, device, () => scene.put({ 'booking/b2': { workorder: null } }))
    expect(shown(device)).toEqual(['account/a1', 'booking/b2', 'booking/b3', 'workorder/w2'])
    await during(way, device, () => scene.put({ 'workorder/w2': { account: null } }))
    expect(shown(device)).toEqual(['booking/b2', 'booking/b3', 'workorder/w2'])
    await during(way, device, () => scene.put({ 'booking/b2': { workorder: 'w1' }, 'booking/b3': { workorder: 'w1' } }))
    expect(shown(device)).toEqual(['account/a1', 'booking/b2', 'booking/b3', 'workorder/w1'])
  })

  it.each(ways)(
    '[DS4][FI7] filter and relationships add up; a link inside the filter narrows it, and looks again when the linked row changes (%s)',
    async way => {
      const mine = { link: 'any', table: 'booking', from: 'workorder', to: 'workorderid', where: { column: 'ownerid', op: 'eq-userid' } } as const // prettier-ignore
      const urgent = { column: 'priority', op: 'eq', value: 1 } as const
      scene = await openScene({
        users: [ann, ben],
        items: [
          { table: 'booking', filter: { kind: 'related' }, relationships: ['booking_workorder'] },
          { table: 'incident', filter: { kind: 'related' }, relationships: ['incident_asset'] },
          { table: 'asset', filter: { kind: 'other', unit: true } },
          {
            table: 'workorder',
            filter: { kind: 'custom', where: { all: [urgent, mine] } },
            relationships: ['incident_workorder'],
          },
        ],
      })
      await scene.put({
        'asset/x1': { owningbusinessunit: 'service' },
        'asset/x2': { owningbusinessunit: 'sales' },
        'workorder/w1': { priority: 1 },
        'workorder/w2': { priority: 2 },
        'workorder/w3': { priority: 3 },
        'incident/i3': { workorder: 'w3', asset: 'x1' },
        'booking/b1': { workorder: 'w1', ownerid: 'ben' },
        'booking/b2': { workorder: 'w2', ownerid: 'ann' },
      })
      const device = await scene.device('ann')
      const orders = (): string[] => shown(device).filter(each => each.startsWith('workorder'))
      // w1 is urgent but not mine, w2 mine but not urgent, w3 is brought
      expect(orders()).toEqual(['workorder/w3'])
      await during(way, device, () => scene.put({ 'booking/b1': { ownerid: 'ann' } }))
      expect(orders()).toEqual(['workorder/w1', 'workorder/w3'])
      await during(way, device, () => scene.put({ 'booking/b1': undefined }))
      expect(orders()).toEqual(['workorder/w3'])
      await during(way, device, () => scene.put({ 'incident/i3': { asset: 'x2' }, 'workorder/w2': { priority: 1 } }))
      expect(orders()).toEqual(['workorder/w2'])
    },
  )
})

describe('several relays', () => {
  it('[DS4] regression, who gained a row through another relay lacked what it brings: related rows follow, whichever relay changes them', async () => {
    scene = await openScene({ relays: 2, users: [ann, ben], items: myDay })
    await scene.put({
      'account/a1': { name: 'Smith' },
      'workorder/w1': { name: 'Pump', account: 'a1' },
      'incident/i1': { name: 'leaks', workorder: 'w1' },
      'booking/b1': { name: 'Monday', workorder: 'w1', ownerid: 'ben' },
    })
    const [first, second] = [await scene.device('ann'), await scene.device('ben')]
    for (let turn = 0; turn < 8; turn++) {
      const owner = turn % 2 === 0 ? 'ann' : 'ben'
      await scene.put({ 'booking/b1': { ownerid: owner } })
      const all = ['account/a1', 'booking/b1', 'incident/i1', 'workorder/w1']
      expect([shown(first), shown(second)]).toEqual(owner === 'ann' ? [all, []] : [[], all])
    }
  })
})

describe('who people are', () => {
  const item: ProfileItem = { table: 'workorder', filter: { kind: 'all' } }
  const rows = {
    'workorder/mine': { name: 'Pump', ownerid: 'ann' },
    'workorder/north': { name: 'Valve', ownerid: 'north' },
    'workorder/service': { name: 'Roof', owningbusinessunit: 'service', ownerid: 'ben' },
    'workorder/sales': { name: 'Door', owningbusinessunit: 'sales', ownerid: 'ben' },
  }
  const field = (read: 'own' | 'team' | 'unit' | 'all') => ({ name: 'field', tables: { '*': { read } } })
  const north = { id: 'north', name: 'North', members: [] as string[] }

  it.each(ways)(
    '[DS5] a row that is shared enters, with a person or a team, and leaves when the share is taken (%s)',
    async way => {
      scene = await openScene({
        users: [ann, ben],
        teams: [{ ...north, members: ['ann'] }],
        roles: [field('own')],
        items: [item],
      })
      await scene.put(rows)
      const device = await scene.device('ann')
      expect(shown(device)).toEqual(['workorder/mine'])
      const share = (record: string, receiver: string) =>
        ({ table: 'workorder', record, with: receiver, rights: ['read'] }) as const
      await during(way, device, () =>
        scene.change(state => (state.shares = [share('sales', 'ann'), share('service', 'north')])),
      )
      expect(shown(device)).toEqual(['workorder/mine', 'workorder/sales', 'workorder/service'])
      const { gone } = await during(way, device, () => scene.change(state => (state.shares = [share('sales', 'ann')])))
      expect(shown(device)).toEqual(['workorder/mine', 'workorder/sales'])
      expect(gone).toEqual(['workorder/service unknown'])
    },
  )

  it.each(ways)('[DS5] rows enter and leave as a person joins a team and changes the business unit (%s)', async way => {
    scene = await openScene({ users: [ann, ben], teams: [north], roles: [field('unit')], items: [item] })
    await scene.put(rows)
    const device = await scene.device('ann')
    expect(shown(device)).toEqual(['workorder/mine', 'workorder/service'])
    await during(way, device, () => scene.change(({ teams }) => teams.set('north', { ...north, members: ['ann'] })))
    expect(shown(device)).toEqual(['workorder/mine', 'workorder/north', 'workorder/service'])
    await during(way, device, () =>
      scene.change(({ users }) => users.set('ann', { ...users.get('ann')!, unit: 'sales' })),
    )
    expect(shown(device)).toEqual(['workorder/mine', 'workorder/north', 'workorder/sales'])
    await during(way, device, () => scene.change(({ teams }) => teams.set('north', north)))
    expect(shown(device)).toEqual(['workorder/mine', 'workorder/sales'])
    await during(way, device, () => scene.put({ 'workorder/sales': { owningbusinessunit: 'service' } }))
    expect(shown(device)).toEqual(['workorder/mine'])
  })

  it.each(ways)('[DS5] rows enter and leave as the hierarchy below a manager changes (%s)', async way => {
    const where = { column: 'ownerid', op: 'eq-useroruserhierarchy' } as const
    scene = await openScene({ users: [ann, ben], items: [{ table: 'workorder', filter: { kind: 'custom', where } }] })
    await scene.put(rows)
    const device = await scene.device('ann')
    expect(shown(device)).toEqual(['workorder/mine'])
    await during(way, device, () =>
      scene.change(({ users }) => users.set('ben', { ...users.get('ben')!, manager: 'ann' })),
    )
    expect(shown(device)).toEqual(['workorder/mine', 'workorder/sales', 'workorder/service'])
    await during(way, device, () => scene.put({ 'workorder/sales': { ownerid: 'north' } }))
    expect(shown(device)).toEqual(['workorder/mine', 'workorder/service'])
  })

  it.each(ways)('[DS5] rows and columns enter and leave with the rights of a role (%s)', async way => {
    scene = await openScene({ users: [ann, ben], teams: [north], roles: [field('own')], items: [item] })
    await scene.put(rows)
    const device = await scene.device('ann')
    const toRole = (role: ReturnType<typeof field>) => () => scene.change(({ roles }) => roles.set('field', role))
    await during('at the next pass', device, toRole(field('all')))
    expect(shown(device)).toHaveLength(4)
    const hiding = { name: 'field', tables: { '*': { read: 'unit', hidden: ['name'] } } } as const
    await during('at the next pass', device, () => scene.change(({ roles }) => roles.set('field', hiding)))
    expect([...device.content().get('workorder')!]).toEqual([
      ['mine', { ownerid: 'ann' }],
      ['service', { owningbusinessunit: 'service', ownerid: 'ben' }],
    ])
    await during(way, device, () => scene.change(({ users }) => users.set('ann', { ...users.get('ann')!, roles: [] })))
    expect(shown(device)).toEqual([])
  })
})

describe('profiles', () => {
  it.each(ways)(
    '[DS3] rows enter and leave as a profile is published anew, and as a person is moved to another (%s)',
    async way => {
      scene = await openScene({
        users: [ann, ben],
        items: [{ table: 'workorder', filter: { kind: 'other', mine: true } }],
      })
      await scene.put({
        'workorder/w1': { name: 'Pump', ownerid: 'ann', account: 'a1' },
        'workorder/w2': { name: 'Valve', ownerid: 'ben' },
        'account/a1': { name: 'Smith' },
        'account/a2': { name: 'Jones' },
      })
      const device = await scene.device('ann')
      expect(shown(device)).toEqual(['workorder/w1'])
      // Published anew it may say anything: the device greets again, and keeps what stays.
      const away = async (make: Parameters<Scene['change']>[0]): Promise<string[]> => {
        const before = device.line.frames.length
        if (way === 'at the next pass') scene.place.cut(device)
        await scene.change(make)
        if (way === 'at the next pass') scene.place.join(device)
        await scene.place.quiet()
        return heardSince(device, before).rows
      }
      const related: ProfileItem = {
        table: 'account',
        filter: { kind: 'related' },
        relationships: ['workorder_account'],
      }
      const mine: ProfileItem = { table: 'workorder', filter: { kind: 'other', mine: true } }
      const sent = await away(({ profiles }) => profiles.set('day', lifeOf('day', 2, [mine, related])))
      expect(shown(device)).toEqual(['account/a1', 'workorder/w1'])
      expect(sent).not.toContain('workorder/w1')
      await away(state => {
        state.profiles.set('other', lifeOf('other', 1, [{ table: 'account', filter: { kind: 'all' } }]))
        state.assignments = [{ profile: 'other', to: 'user', id: 'ann', at: 1 }]
      })
      expect(shown(device)).toEqual(['account/a1', 'account/a2'])
      await away(state => (state.assignments = []))
      expect(shown(device)).toEqual(['account/a1', 'workorder/w1'])
    },
  )
})

describe('time', () => {
  const HOUR = 3_600_000
  const today: ProfileItem = { table: 'booking', filter: { kind: 'custom', where: { column: 'start', op: 'today' } } }

  it.each(ways)(
    "[DS6][PR17] at midnight of the person's own zone yesterday's rows leave and today's enter, related ones too, on a day of 23 hours (%s)",
    async way => {
      // Berlin, the evening before clocks go forward: midnight is at 23:00 UTC, the next one 23 hours later.
      scene = await openScene({
        now: Date.parse('2026-03-28T22:30:00Z') + 200,
        users: [ann],
        items: [today, { table: 'workorder', filter: { kind: 'related' }, relationships: ['booking_workorder'] }],
      })
      await scene.put({
        'workorder/w1': { name: 'Pump' },
        'workorder/w2': { name: 'Valve' },
        'booking/saturday': { start: '2026-03-28T22:59:00.000Z', workorder: 'w1' },
        'booking/sunday': { start: '2026-03-28T23:00:00.000Z', workorder: 'w2' },
        'booking/late': { start: '2026-03-29T21:59:00.000Z', workorder: 'w2' },
        'booking/monday': { start: '2026-03-29T22:00:00.000Z', workorder: 'w1' },
      })
      const device = await scene.device('ann')
      expect(shown(device)).toEqual(['booking/saturday', 'workorder/w1'])
      const { rows, gone } = await during(way, device, () => scene.sleep(HOUR / 2))
      expect(shown(device)).toEqual(['booking/late', 'booking/sunday', 'workorder/w2'])
      expect([new Set(rows), gone]).toEqual([new Set(shown(device)), ['booking/saturday left', 'workorder/w1 left']])
      await during(way, device, () => scene.sleep(22.9 * HOUR))
      expect(shown(device)).toEqual(['booking/late', 'booking/sunday', 'workorder/w2'])
      await during(way, device, () => scene.sleep(HOUR / 10))
      expect(shown(device)).toEqual(['booking/monday', 'workorder/w1'])
    },
  )

  it('[DS6] nothing is sent while time passes that changes nothing, and a row that others changed meanwhile enters at its time', async () => {
    scene = await openScene({ now: Date.UTC(2026, 4, 4, 8) + 200, users: [ann], items: [today] })
    await scene.put({ 'booking/b1': { start: '2026-05-06T10:00:00.000Z' } })
    const device = await scene.device('ann')
    const before = device.line.frames.length
    await scene.sleep(3 * HOUR)
    await scene.put({ 'booking/b1': { start: '2026-05-05T10:00:00.000Z' } })
    expect(heardSince(device, before)).toEqual({ rows: [], gone: [], compared: false })
    expect((await during('while connected', device, () => scene.sleep(24 * HOUR))).rows).toEqual(['booking/b1'])
  })
})

describe('removed rows', () => {
  it('[DS14] a row with unsent edits that left keeps them in view, and goes when they are settled', async () => {
    const roles = [{ name: 'field', tables: { '*': { read: 'all', write: 'all' } } }] as const
    scene = await openScene({ users: [ann, ben], roles, items: myDay })
    await scene.put({ 'workorder/w1': { name: 'Pump' }, 'booking/b1': { workorder: 'w1', ownerid: 'ann' } })
    const device = await scene.device('ann')
    const { outbox } = device.rejoin
    const orders = device.rejoin.table('workorder')
    outbox.pause('proof')
    await orders.update('w1', { name: 'Pump, cellar' })
    await scene.put({ 'booking/b1': { ownerid: 'ben' } })
    expect(shown(device)).toEqual(['workorder/w1'])
    expect([orders.get('w1'), outbox.current]).toMatchObject([{ name: 'Pump, cellar' }, [{ record: 'w1' }]])
    outbox.resume('proof')
    await scene.place.quiet()
    expect([shown(device), outbox.current]).toEqual([[], []])
    // What he wrote arrived.
    await scene.put({ 'booking/b1': { ownerid: 'ann' } })
    expect(orders.get('w1')).toMatchObject({ name: 'Pump, cellar' })
  })

  it('[DS14] where the right to read it is lost the row goes at once; its edit stays until it is settled', async () => {
    const roles = [{ name: 'field', tables: { '*': { read: 'own', write: 'all' } } }] as const
    scene = await openScene({ users: [ann, ben], roles, items: [{ table: 'workorder', filter: { kind: 'all' } }] })
    await scene.put({ 'workorder/w1': { name: 'Pump', ownerid: 'ben' } })
    await scene.change(state => (state.shares = [{ table: 'workorder', record: 'w1', with: 'ann', rights: ['read'] }]))
    const device = await scene.device('ann')
    const { outbox } = device.rejoin
    const orders = device.rejoin.table('workorder')
    outbox.pause('proof')
    await orders.update('w1', { name: 'Pump, cellar' })
    await scene.change(state => (state.shares = []))
    expect([shown(device), outbox.current]).toMatchObject([[], [{ record: 'w1' }]])
    outbox.resume('proof')
    await scene.place.quiet()
    expect(outbox.current).toMatchObject([{ record: 'w1', error: { code: 'not-found' } }])
    await outbox.current[0]!.discard()
    expect([shown(device), orders.missing('w1')]).toEqual([[], 'unknown'])
  })

  it.each(ways)(
    '[DS16] what is no longer there says why: deleted, left, or not for this person any more (%s)',
    async way => {
      const items: ProfileItem[] = [
        { table: 'workorder', filter: { kind: 'custom', where: { column: 'priority', op: 'eq', value: 1 } } },
      ]
      const roles = [{ name: 'field', tables: { '*': { read: 'team' } } }] as const
      scene = await openScene({ users: [ann, ben], roles, items })
      const row = { priority: 1, ownerid: 'ann' }
      await scene.put({ 'workorder/w1': row, 'workorder/w2': row, 'workorder/w3': row, 'workorder/w4': row })
      const device = await scene.device('ann')
      await during(way, device, () =>
        scene.put({ 'workorder/w1': undefined, 'workorder/w2': { priority: 2 }, 'workorder/w3': { ownerid: 'ben' } }),
      )
      expect(shown(device)).toEqual(['workorder/w4'])
      const why = (id: string): string | undefined => device.rejoin.table('workorder').missing(id)
      expect([why('w1'), why('w2'), why('w3')]).toEqual(['deleted', 'left', 'unknown'])
    },
  )
})
