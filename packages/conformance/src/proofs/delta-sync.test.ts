import { createMemoryDisk } from '@rejoin/client'
import { packRows, unpackRows } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import { typesOf, weightOf } from './line.ts'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `W${String(n).padStart(5, '0')}`)

let rig: Rig
afterEach(() => rig.close())

/** Both ways by which changes come: pushed while connected, and found by a pass after having been away. */
const ways = ['while connected', 'at the next pass'] as const

describe('delta sync', () => {
  it.each(ways)('[DS2] a changed row in scope arrives with its new values (%s)', async way => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    await rig.office.create('account', 'A1', { name: 'Smith' })
    const users = ['mia', 'ana', 'ben', 'dora', 'rita'] as const
    const devices = []
    for (const user of users) devices.push(await rig.device(user))
    if (way === 'at the next pass') for (const device of devices) device.offline()
    await rig.office.update('workorder', 'W1', { title: 'Pump, cellar', priority: null, note: 'leaks', cost: 12 })
    await rig.office.update('account', 'A1', { city: 'Bergen' })
    await rig.office.create('workorder', 'W3', { ...order, title: 'Valve' })
    if (way === 'at the next pass') for (const device of devices) await device.online()
    await rig.calm()
    for (const device of devices)
      expect(device.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar', priority: null })
    expect(devices[0]!.row('workorder', 'W1')).toMatchObject({ note: 'leaks', cost: 12, status: 'open' })
    for (const device of devices) expect(device.row('workorder', 'W3')).toMatchObject({ title: 'Valve' })
    expect(devices[1]!.row('account', 'A1')).toMatchObject({ name: 'Smith', city: 'Bergen' })
    // Only what changed came.
    for (const device of devices) {
      const told = device.line.frames.flatMap(({ message }) =>
        message.type === 'changes' ? message.rows.map(({ id }) => id) : [],
      )
      expect(told).not.toContain('W2')
    }
    await rig.agree()
  })

  it.each(ways)('[DS3] a row that begins to match arrives, one that stops matching is removed (%s)', async way => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { ...order, status: 'done', ownerid: 'cora' })
    await rig.office.create('workorder', 'W2', { ...order, status: 'open', ownerid: 'ben' })
    await rig.office.create('workorder', 'W3', { ...order, status: 'open', ownerid: 'south' })
    const dora = await rig.device('dora')
    const cora = await rig.device('cora')
    const ben = await rig.device('ben')
    const held = () => [dora, cora, ben].map(device => device.rows('workorder').map(({ workorderid }) => workorderid))
    expect(held()).toEqual([['W2', 'W3'], ['W1'], ['W2']])
    if (way === 'at the next pass') for (const device of [dora, cora, ben]) device.offline()
    await rig.office.update('workorder', 'W1', { status: 'open', ownerid: 'north' })
    await rig.office.update('workorder', 'W2', { status: 'done', ownerid: 'cora' })
    await rig.office.update('workorder', 'W3', { status: 'done' })
    if (way === 'at the next pass') for (const device of [dora, cora, ben]) await device.online()
    await rig.calm()
    expect(held()).toEqual([['W1'], ['W2'], ['W1']])
    expect(dora.row('workorder', 'W2')).toBeUndefined()
    expect(dora.rejoin.table('workorder').missing('W2')).toBeDefined()
    await rig.agree()
    // Removed is removed: not there after a restart without network either, and back when it matches again.
    for (const device of [dora, cora, ben]) device.offline()
    for (const device of [dora, cora, ben]) await device.crash()
    expect(held()).toEqual([['W1'], ['W2'], ['W1']])
    await rig.office.update('workorder', 'W2', { status: 'open', ownerid: 'north' })
    for (const device of [dora, cora, ben]) await device.online()
    expect(held()).toEqual([['W1', 'W2'], [], ['W1', 'W2']])
    await rig.agree()
  })

  it.each(ways)('[DS7] a deleted row is removed from every device that held it (%s)', async way => {
    rig = await openRig()
    for (const id of ['W1', 'W2', 'W3']) await rig.office.create('workorder', id, order)
    const devices = [await rig.device('mia'), await rig.device('ana'), await rig.device('dora')]
    const author = await rig.device('olga')
    if (way === 'at the next pass') for (const device of devices) device.offline()
    await rig.office.remove('workorder', 'W1')
    await author.remove('workorder', 'W3')
    await rig.calm()
    if (way === 'at the next pass') for (const device of devices) await device.online()
    for (const device of [...devices, author]) {
      expect(device.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(['W2'])
      expect(device.row('workorder', 'W1')).toBeUndefined()
    }
    for (const device of devices) device.offline()
    for (const device of devices) await device.crash()
    for (const device of devices) expect(device.rows('workorder')).toHaveLength(1)
    for (const device of devices) await device.online()
    await rig.agree()
  })

  it('[DS8] unchanged rows are not sent again; with 10,000 of them a pass is one round trip of less than 2 kB each way', async () => {
    rig = await openRig()
    await rig.fill('workorder', ids(10_000), id => ({
      title: `Order ${id}`,
      state: 'open',
      note: 'as installed',
      ownerid: 'north',
    }))
    const mia = await rig.device('mia')
    for (const how of ['reconnected', 'opened again'] as const) {
      const before = mia.line.frames.length
      if (how === 'reconnected') await mia.refresh()
      else {
        await mia.crash()
        await rig.calm()
      }
      expect(mia.status()).toBe('live')
      const pass = mia.line.frames.slice(before)
      expect(typesOf(pass, 'up')).toEqual(['hello'])
      expect(typesOf(pass, 'down')).toEqual(['welcome', 'synced'])
      expect(weightOf(pass, 'up')).toBeLessThan(2_000)
      expect(weightOf(pass, 'down')).toBeLessThan(2_000)
      expect(mia.rows('workorder')).toHaveLength(10_000)
    }
    // One changed row is all that comes of ten thousand.
    mia.offline()
    await rig.office.update('workorder', 'W00042', { priority: 5 })
    const before = mia.line.frames.length
    await mia.online()
    const rows = mia.line.frames
      .slice(before)
      .flatMap(({ message }) => (message.type === 'changes' ? message.rows.map(({ id }) => id) : []))
    expect(rows).toEqual(['W00042'])
    expect(typesOf(mia.line.frames.slice(before), 'down')).toEqual(['welcome', 'changes', 'synced'])
  })

  it('[DS13] after every pass both sides agree on a fingerprint, which each computes from what it has', async () => {
    rig = await openRig()
    await rig.fill('workorder', ids(300), (id: string) => ({
      title: id,
      state: Number(id.slice(1)) % 3 === 0 ? 'open' : 'done',
      ownerid: 'north',
    }))
    const devices = [
      await rig.device('mia'),
      await rig.device('ana'),
      await rig.device('dora'),
      await rig.device('rita'),
    ]
    for (let round = 0; round < 3; round++) {
      for (const device of devices) device.offline()
      await rig.fill(
        'workorder',
        ids(300).filter((_, n) => n % 7 === round && (n < 100 || n > 105)),
        () => ({ state: round % 2 === 0 ? 'open' : 'done' }),
        'update',
      )
      await rig.office.remove('workorder', ids(300)[100 + round]!)
      for (const device of devices) {
        await device.online()
        const synced = device.line.frames.flatMap(({ message }) => (message.type === 'synced' ? [message] : [])).at(-1)!
        expect(synced.tables.length).toBeGreaterThan(0)
        for (const { table, rows, fingerprint } of synced.tables)
          expect(device.rejoin.fingerprint()[table]).toEqual({ rows, fingerprint })
      }
      await rig.agree()
    }
  })

  it('[DS13] a damaged stored row is found, repaired and counted, and nothing else is sent for it', async () => {
    rig = await openRig()
    await rig.fill('workorder', ids(2_000), id => ({
      title: id,
      state: 'open',
      note: 'as installed',
      ownerid: 'north',
    }))
    const disk = createMemoryDisk()
    const mia = await rig.device('mia', { disk })
    await mia.close()
    await damage(disk, 'W01234', envelope => {
      envelope[envelope.length - 3]! ^= 0x20
      return envelope
    })
    const again = await rig.device('mia', { disk })
    expect(again.rejoin.stats).toMatchObject({ damaged: 1, repaired: 1 })
    expect(again.row('workorder', 'W01234')).toMatchObject({ title: 'W01234', note: 'as installed' })
    expect(again.rows('workorder')).toHaveLength(2_000)
    const rows = again.line.frames.flatMap(({ message }) =>
      message.type === 'changes' ? message.rows.map(({ id }) => id) : [],
    )
    expect(rows).toContain('W01234')
    expect(rows.length).toBeLessThanOrEqual(40)
    await rig.agree()
    // It stays repaired: the next opening finds nothing.
    await again.reopen()
    await rig.calm()
    expect(again.rejoin.stats).toMatchObject({ damaged: 0, repaired: 0 })
  })

  it('[DS13] a row that is silently missing, and one that should not be there, are found and put right', async () => {
    rig = await openRig()
    await rig.fill('workorder', ids(1_000), id => ({ title: id, state: 'open', ownerid: 'north' }))
    const disk = createMemoryDisk()
    const mia = await rig.device('mia', { disk })
    await mia.close()
    await damage(disk, 'W00500', () => undefined)
    await damage(disk, 'W00007', envelope => envelope, 'W99999')
    const again = await rig.device('mia', { disk })
    expect(again.rows('workorder')).toHaveLength(1_000)
    expect(again.row('workorder', 'W00500')).toMatchObject({ title: 'W00500' })
    expect(again.row('workorder', 'W00007')).toMatchObject({ title: 'W00007' })
    expect(again.row('workorder', 'W99999')).toBeUndefined()
    expect(again.rejoin.stats).toMatchObject({ damaged: 0, repaired: 3 })
    await rig.agree()
  })
})

/** Changes one row in the pages a closed device has stored. @param change what becomes of its bytes; undefined: it is gone */
const damage = async (
  disk: ReturnType<typeof createMemoryDisk>,
  id: string,
  change: (envelope: Uint8Array) => Uint8Array | undefined,
  name = id,
): Promise<void> => {
  const store = disk.open()
  for (const [key, value] of await store.scan('page', { from: 'workorder/', to: 'workorder0' })) {
    const { packed } = value as unknown as { readonly packed: Uint8Array }
    const before = unpackRows(packed)
    if (!before.some(row => row.id === id)) continue
    const after = before.flatMap(row => {
      const envelope = row.id === id ? change(row.envelope.slice()) : row.envelope
      return envelope === undefined ? [] : [{ id: row.id === id ? name : row.id, envelope }]
    })
    await store.commit([{ put: 'page', key, value: { rows: after.length, packed: packRows(after) } }])
  }
  await store.close()
}
