import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { people } from './world.ts'

const order = { title: 'Pump', status: 'open', ownerid: 'north' }
const HOUR = 3_600_000

let rig: Rig
afterEach(() => rig.close())

const open = (device: Awaited<ReturnType<Rig['device']>>, id: string): unknown => {
  try {
    return device.rejoin.table('workorder').open(id)
  } catch (fault) {
    return fault
  }
}

describe('leaving', () => {
  it('[DS14] a row with unsent edits that left keeps them, and goes when they are settled', async () => {
    rig = await openRig('merge')
    await rig.setSettings({ graceHours: 0 })
    await rig.office.create('workorder', 'W1', order)
    const dora = await rig.device('dora')
    dora.rejoin.outbox.pause('manual')
    await dora.update('workorder', 'W1', { title: 'Pump, cellar' })
    await rig.office.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    expect(dora.row('workorder', 'W1')).toMatchObject({ title: 'Pump, cellar', status: 'open', ownerid: 'north' })
    expect(dora.entries()).toMatchObject([{ record: 'W1', changes: { title: ['Pump', 'Pump, cellar'] } }])
    await dora.update('workorder', 'W1', { title: 'Pump, attic' })
    dora.offline()
    await dora.crash()
    await rig.calm()
    expect(dora.entries()).toMatchObject([{ record: 'W1' }, { record: 'W1' }])
    expect(dora.row('workorder', 'W1')).toMatchObject({ title: 'Pump, attic', status: 'open', ownerid: 'north' })
    expect(dora.rejoin.fingerprint()['workorder']?.rows).toBe(0)
    dora.rejoin.outbox.resume('manual')
    await dora.online()
    expect(dora.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump, attic', status: 'done' })
    await rig.pass(2 * HOUR)
    expect(dora.row('workorder', 'W1')).toBeUndefined()
    await rig.agree()
  })

  it('[DS14] of a row that may be read no more the unsent edit stays, and nothing else', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { ...order, note: 'canary' })
    const ana = await rig.device('ana')
    ana.rejoin.outbox.pause('manual')
    await ana.update('workorder', 'W1', { title: 'Pump, cellar' })
    await rig.office.update('workorder', 'W1', { ownerid: 'cora' })
    await rig.calm()
    expect(ana.row('workorder', 'W1')).toBeUndefined()
    expect(ana.entries()).toMatchObject([{ record: 'W1', changes: { title: ['Pump', 'Pump, cellar'] } }])
    ana.rejoin.outbox.resume('manual')
    await rig.calm()
    expect(ana.entries()).toMatchObject([{ record: 'W1', state: 'rejected' }])
    await ana.discard()
    await rig.calm()
    expect(ana.entries()).toEqual([])
    expect(ana.row('workorder', 'W1')).toBeUndefined()
  })

  it('[DS15] rows the device made or edited stay readable for 24 h, marked; others go at once', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const dora = await rig.device('dora')
    const made = await dora.create('workorder', undefined, { title: 'Made here', status: 'open' })
    await dora.update('workorder', 'W1', { status: 'done', title: 'Pump, done' })
    await rig.office.update('workorder', 'W2', { status: 'done' })
    await rig.calm()
    await rig.office.update('workorder', made, { status: 'done' })
    await rig.calm()
    const table = dora.rejoin.table('workorder')
    expect(dora.row('workorder', 'W1')).toMatchObject({ title: 'Pump, done', status: 'done' })
    expect(dora.row('workorder', made)).toMatchObject({ title: 'Made here' })
    expect(dora.row('workorder', 'W2')).toBeUndefined()
    const left = table.outOfScope('W1')! - rig.time.now()
    expect(left).toBeGreaterThan(24 * HOUR - 10_000)
    expect(left).toBeLessThanOrEqual(24 * HOUR)
    expect(dora.rows('workorder')).toEqual([])
    expect(dora.rejoin.fingerprint()['workorder']?.rows).toBe(0)
    await expect(dora.update('workorder', 'W1', { title: 'again' })).rejects.toMatchObject({ code: 'not-found' })
    await dora.crash()
    await rig.pass(23 * HOUR)
    expect(dora.row('workorder', 'W1')).toMatchObject({ title: 'Pump, done' })
    await rig.pass(2 * HOUR)
    expect(dora.row('workorder', 'W1')).toBeUndefined()
    expect(dora.row('workorder', made)).toBeUndefined()
    expect(dora.rejoin.table('workorder').outOfScope('W1')).toBeUndefined()
    await rig.agree()
  })

  it('[DS15] a list that is open lets go of a row that left, though the row stays readable', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const dora = await rig.device('dora')
    const list = dora.rejoin.table('workorder').query()
    expect(list.current).toHaveLength(1)
    await dora.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    expect(dora.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    expect(list.current).toEqual([])
  })

  it('[DS15] the grace ends at opening too, and lost rights end it at the next contact', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const dora = await rig.device('dora')
    const left = async (id: string): Promise<void> => {
      await dora.update('workorder', id, { status: 'done' })
      await rig.calm()
    }
    await left('W1')
    dora.offline()
    await dora.rejoin.close()
    await rig.pass(25 * HOUR)
    await dora.reopen()
    expect(dora.row('workorder', 'W1')).toBeUndefined()
    await dora.online()
    await left('W2')
    expect(dora.row('workorder', 'W2')).toMatchObject({ status: 'done' })
    const { roles: _, ...same } = people.find(({ id }) => id === 'dora')!
    dora.offline()
    await rig.setPerson({ ...same, roles: ['technician'] })
    await dora.online()
    expect(dora.row('workorder', 'W2')).toBeUndefined()
  })

  it('[DS16] opening a removed record answers "Record not found" with the reason', async () => {
    rig = await openRig()
    for (const id of ['W1', 'W2', 'W3', 'W4']) await rig.office.create('workorder', id, order)
    const dora = await rig.device('dora')
    const ana = await rig.device('ana')
    await rig.office.remove('workorder', 'W1')
    await rig.office.update('workorder', 'W2', { status: 'done' })
    await rig.office.update('workorder', 'W3', { ownerid: 'cora' })
    await rig.calm()
    const message = (text: string) =>
      expect.objectContaining({ code: 'not-found', message: `Record not found: ${text}` })
    expect(open(dora, 'W1')).toEqual(message('it was deleted'))
    expect(open(dora, 'W2')).toEqual(message('it is not in your offline profile any more'))
    expect(open(ana, 'W3')).toEqual(message('you may not read it any more, or it is no more'))
    expect(open(ana, 'W9')).toEqual(message('it was never on this device'))
    expect(open(dora, 'W4')).toMatchObject({ title: 'Pump' })
    dora.offline()
    await dora.crash()
    expect(open(dora, 'W1')).toEqual(message('it was deleted'))
  })
})

describe('people who leave', () => {
  it('[MB6] the device of a removed user is purged; all unsent work is kept as rejected, also what had been held here', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const ana = await rig.device('ana')
    await ana.update('workorder', 'W1', { title: '' })
    await rig.calm()
    ana.offline()
    await ana.update('workorder', 'W2', { title: 'Valve' })
    await ana.update('workorder', 'W2', { note: 'leaks' })
    const made = await ana.create('workorder', undefined, { title: 'New', ownerid: 'ana' })
    await rig.removeUser('ana')
    await ana.online()
    expect(ana.rejoin.removed.current).toEqual({ at: expect.any(Number) })
    expect(ana.fault()).toMatchObject({ code: 'forbidden' })
    const refused = (await rig.storage.snapshot(view => view.refused(100))).filter(({ author }) => author === 'ana')
    expect(new Set(refused.map(({ id }) => id))).toEqual(new Set(['W2', made]))
    expect(refused).toHaveLength(3)
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Pump' })
    expect(await rig.office.row('workorder', made)).toBeUndefined()
    expect(ana.entries()).toEqual([])
    await ana.rejoin.close()
    const store = ana.disk.open()
    for (const shelf of ['page', 'overlay', 'outbox', 'ledger', 'authored', 'settled', 'draft'] as const)
      expect(await store.scan(shelf), shelf).toEqual([])
    await store.close()
    await ana.reopen()
  })

  it('[MB6] his unsent work is his as a file where the administrator allows it, and not otherwise', async () => {
    rig = await openRig()
    await rig.setSettings({ removedMayExport: true })
    await rig.office.create('workorder', 'W1', order)
    const ana = await rig.device('ana')
    ana.offline()
    await ana.update('workorder', 'W1', { title: 'Valve' })
    await rig.removeUser('ana')
    await ana.online()
    const { unsent } = ana.rejoin.removed.current!
    expect(JSON.parse(unsent!)).toMatchObject({ user: 'ana', actions: [{ wish: { values: { title: 'Valve' } } }] })
  })

  it('[MB6] [OB16] regression, the back office did not see what was made on a record whose create was refused', async () => {
    rig = await openRig(undefined, {
      rules: [({ kind }) => (kind === 'create' ? { message: 'nobody wants this' } : undefined)],
    })
    const ana = await rig.device('ana')
    await ana.create('workorder', 'W1', order)
    await rig.calm()
    await ana.update('workorder', 'W1', { title: 'Pump, cellar' })
    await rig.calm()
    await rig.removeUser('ana')
    await rig.pass(5_000)
    expect(ana.entries()).toEqual([])
    const listed = async (user: 'olga' | 'mia' | 'rita' | 'ben'): Promise<unknown> =>
      (await rig.officeOf(user).refused()).map(({ record, kind }) => [record, kind]).toSorted()
    const both = [
      ['W1', 'create'],
      ['W1', 'update'],
    ]
    expect(await listed('olga')).toEqual(both)
    // Of a record that is nowhere, nobody else is told what became of it.
    expect(await listed('ben')).toEqual([['W1', 'create']])
  })

  it('[MB6] a line that breaks while he hands in loses nothing', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const ana = await rig.device('ana')
    ana.offline()
    await ana.update('workorder', 'W1', { title: 'Valve' })
    await rig.removeUser('ana')
    ana.line.watch(({ message }) => (message.type === 'push' ? 'cut' : 'deliver'))
    await ana.online()
    expect(ana.rejoin.removed.current).toBeUndefined()
    expect(ana.rejoin.outbox.current).toHaveLength(1)
    ana.line.watch(undefined)
    await ana.online()
    expect(ana.rejoin.removed.current).toBeDefined()
    expect(await rig.storage.snapshot(view => view.refused(100))).toHaveLength(1)
  })

  it('[MB6] whose profile was taken away keeps his device without its rows, and what he had not sent is judged by his rights', async () => {
    rig = await openRig('merge')
    await rig.office.create('workorder', 'W1', order)
    const ben = await rig.device('ben')
    ben.offline()
    await ben.update('workorder', 'W1', { title: 'Valve' })
    await rig.setItems('teams', [])
    await ben.online()
    expect(ben.status()).toBe('live')
    expect(ben.rejoin.removed.current).toBeUndefined()
    expect(ben.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Valve' })
    expect(ben.row('workorder', 'W1')).toBeUndefined()
    expect(ben.rejoin.fingerprint()).toEqual({})
  })

  it('[SE3] a read privilege removed takes the rows off within 5 s while connected, and at the next contact', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', { ...order, ownerid: 'rita' })
    await rig.office.create('account', 'A1', { name: 'Smith' })
    const [live, away, manual] = [await rig.device('rita'), await rig.device('rita'), await rig.device('rita')]
    await manual!.rejoin.sync.setMode({ mode: 'manual' })
    await rig.calm()
    away!.offline()
    const rita = people.find(({ id }) => id === 'rita')!
    await rig.setPerson({ ...rita, roles: ['technician'] })
    await rig.pass(5_000)
    const held = (device: typeof live) => device!.rows('workorder').map(({ workorderid }) => workorderid)
    expect(held(live)).toEqual(['W2'])
    expect(held(manual)).toEqual(['W2'])
    await away!.online()
    expect(held(away)).toEqual(['W2'])
    manual!.offline()
    await rig.setPerson({ ...rita, roles: [] })
    await rig.pass(5_000)
    expect(live!.rejoin.fingerprint()).toEqual({})
    await manual!.online()
    expect(manual!.rejoin.fingerprint()).toEqual({})
  })

  it('[SE3] what its user planned ahead goes too, and comes again as far as the rights he has left reach', async () => {
    rig = await openRig()
    const outside = { ...order, status: 'done' }
    await rig.office.create('workorder', 'W1', { ...outside, ownerid: 'south' })
    await rig.office.create('workorder', 'W2', { ...outside, ownerid: 'dora', cost: 90 })
    const [live, away] = [await rig.device('dora'), await rig.device('dora')]
    for (const device of [live!, away!]) {
      await device.rejoin.pins.add('tomorrow', 'workorder', { ids: ['W1', 'W2'] })
      expect(device.row('workorder', 'W2')).toMatchObject({ title: 'Pump', cost: 90 })
    }
    away!.offline()
    const dora = people.find(({ id }) => id === 'dora')!
    await rig.setPerson({ ...dora, roles: ['technician'] })
    await rig.pass(5_000)
    await away!.online()
    for (const device of [live!, away!]) {
      expect(device.row('workorder', 'W1')).toBeUndefined()
      expect(device.row('workorder', 'W2')).toMatchObject({ title: 'Pump', cost: null })
    }
    away!.offline()
    await rig.setPerson({ ...dora, roles: [] })
    await rig.pass(5_000)
    await away!.online()
    for (const device of [live!, away!]) expect(device.rows('workorder')).toEqual([])
  })

  it('[SE3] rights narrowed to fewer rows of the same columns take what was planned ahead off within 5 s, without a new greeting', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.setItems('everything', [
      { table: 'workorder', filter: { kind: 'custom', where: { column: 'status', op: 'eq', value: 'done' } } },
    ])
    const rita = await rig.device('rita')
    await rita.rejoin.pins.add('tomorrow', 'workorder', { ids: ['W1'] })
    expect(rita.row('workorder', 'W1')).toMatchObject({ title: 'Pump' })
    await rig.setPerson({ ...people.find(({ id }) => id === 'rita')!, roles: ['keeper'] })
    await rig.pass(5_000)
    expect(rita.row('workorder', 'W1')).toBeUndefined()
    expect(rita.line.frames.filter(({ message }) => message.type === 'hello')).toHaveLength(1)
  })

  it('[SE3] in manual mode too, rights that changed while it was away take rows off at the next contact', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', { ...order, ownerid: 'rita' })
    const rita = await rig.device('rita')
    await rita.rejoin.sync.setMode({ mode: 'manual' })
    await rig.calm()
    rita.offline()
    await rig.setPerson({ ...people.find(({ id }) => id === 'rita')!, roles: ['keeper'] })
    await rita.online()
    expect(rita.rows('workorder').map(({ workorderid }) => workorderid)).toEqual(['W2'])
  })
})

describe('row caps', () => {
  it('[FS7] a scope of too many rows is refused before any is sent, by table and count; what was here stays', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('account', 'A1', { name: 'Smith' })
    const mia = await rig.device('mia')
    await rig.setSettings({ rowCaps: { tables: { workorder: 2 } } })
    for (const id of ['W2', 'W3']) await rig.office.create('workorder', id, order)
    mia.offline()
    const cora = await rig.device('mia', { unsynced: true })
    await rig.calm()
    expect(cora.fault()).toMatchObject({ code: 'rows', message: expect.stringMatching(/workorder has 3 records.* 2/) })
    expect(cora.line.frames.some(({ message }) => message.type === 'page')).toBe(false)
    await rig.setSettings({ rowCaps: { all: 3 } })
    await cora.online()
    expect(cora.fault()).toMatchObject({
      code: 'rows',
      message: expect.stringMatching(/4 records.*3.*workorder \(3\)/),
    })
    await rig.setSettings({ rowCaps: { all: 4 } })
    await cora.online()
    expect(cora.status()).toBe('live')
    expect(cora.rows('workorder')).toHaveLength(3)
    expect(mia.rows('workorder')).toHaveLength(1)
  })
})
