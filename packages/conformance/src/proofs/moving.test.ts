import type { Edit } from '@rejoin/profile'
import type { Rule } from '@rejoin/server'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

/** Unsent work that goes from one device of a person to another, as a file. */

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

const pushed = ({ line }: Device): readonly Edit[] =>
  line.frames.flatMap(({ message }) => (message.type === 'push' ? message.edits : []))

/** Counting actions on both records, a create and a group: whatever takes effect twice is seen. */
const work = async (device: Device): Promise<string> => {
  const orders = device.rejoin.table('workorder')
  await orders.run('raise', 'W1', { by: 10 })
  await orders.run('raise', 'W1', { by: 100 })
  await orders.create({ workorderid: 'W3', title: 'Valve', priority: 1 })
  await orders.run('raise', 'W3', { by: 5 })
  await device.rejoin.group(group => {
    group.table('workorder').run('raise', 'W2', { by: 7 })
    group.table('workorder').run('raise', 'W1', { by: 7 })
  })
  return device.rejoin.outbox.export()
}

const priorities = async (): Promise<unknown> =>
  Promise.all(['W1', 'W2', 'W3'].map(async id => (await rig.office.row('workorder', id))?.['priority']))

const setOut = async (): Promise<readonly [Device, Device]> => {
  rig = await openRig()
  for (const id of ['W1', 'W2']) await rig.office.create('workorder', id, order)
  const phone = await rig.device('mia')
  const tablet = await rig.device('mia')
  phone.offline()
  return [phone, tablet]
}

describe('unsent work taken in by another device', () => {
  it('takes effect once, with the time it was done; what the first device still has is void when it comes after all', async () => {
    const [phone, tablet] = await setOut()
    const at = rig.time.now()
    const file = await work(phone)
    await rig.pass(3_600_000)
    tablet.offline()
    await tablet.rejoin.outbox.import(file)
    expect(tablet.entries()).toHaveLength(6)
    for (const entry of tablet.entries()) expect(entry).toMatchObject({ at })
    // What was made of it may be recorded anew before it goes: it is the same work still.
    await tablet.entry('W1').resolve({ by: 10 })
    await tablet.online()
    expect(await priorities()).toEqual([118, 8, 6])
    await phone.update('workorder', 'W1', { note: 'leaks' })
    await phone.online()
    await rig.calm()
    expect(await priorities()).toEqual([118, 8, 6])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    expect([...phone.entries(), ...tablet.entries()]).toEqual([])
    await rig.agree()
  })

  it('[OB11] takes effect once though it was exported again and again, and every export is taken in, by one device or by two', async () => {
    const [phone, tablet] = await setOut()
    const third = await rig.device('mia')
    const orders = phone.rejoin.table('workorder')
    await orders.run('raise', 'W1', { by: 10 })
    const first = phone.rejoin.outbox.export()
    await orders.create({ workorderid: 'W3', title: 'Valve', priority: 1 })
    const second = phone.rejoin.outbox.export()
    await orders.run('raise', 'W3', { by: 5 })
    const last = phone.rejoin.outbox.export()
    for (const device of [tablet, third]) {
      device.offline()
      for (const file of [first, second]) await device.rejoin.outbox.import(file)
      expect(device.entries()).toMatchObject([{ kind: 'command' }, { kind: 'create', record: 'W3' }])
    }
    await tablet.online()
    // What was sent since, and has left the outbox, is not made again either.
    await tablet.rejoin.outbox.import(last)
    await tablet.rejoin.outbox.import(JSON.stringify({ ...(JSON.parse(last) as object), id: 'copied by hand' }))
    await rig.calm()
    expect(await priorities()).toEqual([11, 1, 6])
    await third.online()
    await phone.online()
    await rig.calm()
    expect(await priorities()).toEqual([11, 1, 6])
    for (const device of [phone, tablet, third]) expect(device.entries()).toEqual([])
    await rig.agree()
  })

  it('[OB11] is left out where this device has it itself, though it was recorded again since', async () => {
    const [phone] = await setOut()
    await phone.rejoin.table('workorder').run('raise', 'W1', { by: 10 })
    const file = phone.rejoin.outbox.export()
    await phone.entry().resolve({ by: 20 })
    await phone.rejoin.outbox.import(file)
    expect(phone.entries()).toHaveLength(1)
    await phone.online()
    expect(await priorities()).toEqual([21, 1, undefined])
  })

  it('adds nothing where the first device has sent it meanwhile, known to the second or not', async () => {
    const [phone, tablet] = await setOut()
    const file = await work(phone)
    tablet.offline()
    await phone.online()
    expect(await priorities()).toEqual([118, 8, 6])
    await tablet.rejoin.outbox.import(file)
    await tablet.update('workorder', 'W1', { note: 'leaks' })
    await tablet.online()
    await rig.calm()
    expect(await priorities()).toEqual([118, 8, 6])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    expect(tablet.entries()).toEqual([])
    const third = await rig.device('mia')
    await third.rejoin.outbox.import(file)
    expect(third.entries()).toEqual([])
    expect(pushed(third)).toEqual([])
    await rig.agree()
  })

  it('[OB16] a refused action is resolved once another device has put it right; a retry of the first adds nothing', async () => {
    rig = await openRig()
    await rig.office.create('annotation', 'N1', { subject: 'Key', ownerid: 'north' })
    const phone = await rig.device('ben')
    const tablet = await rig.device('ben')
    await phone.update('annotation', 'N1', { subject: 'Keys' })
    await rig.calm()
    expect(phone.entries()).toMatchObject([{ state: 'rejected' }])
    const file = phone.rejoin.outbox.export()
    phone.offline()
    await rig.office.update('annotation', 'N1', { ownerid: 'ben' })
    await rig.calm()
    await tablet.rejoin.outbox.import(file)
    await rig.calm()
    expect(await rig.revOf('annotation', 'N1')).toBe(3)
    expect(await rig.office.refused()).toMatchObject([{ edit: phone.entry().id, resolved: true }])
    await phone.entry().retry()
    await phone.online()
    expect(phone.entries()).toEqual([])
    expect(await rig.revOf('annotation', 'N1')).toBe(3)
    await rig.agree()
  })
})

describe('unsent work that another device took in, and gave up', () => {
  const closed: Rule = {
    name: 'closed',
    table: 'workorder',
    on: ['update'],
    when: { column: 'status', op: 'eq', value: 'closed' },
    message: 'this work order is closed',
  }

  /** Of a work order that is closed meanwhile: made on the phone, refused on the tablet, given up there, and open again. */
  const givenUp = async (phoneHears: boolean): Promise<readonly [Device, Device]> => {
    const [phone, tablet] = await setOut()
    await rig.setRules([closed])
    await phone.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.update('workorder', 'W1', { status: 'closed' })
    if (phoneHears) await phone.online()
    await rig.calm()
    await tablet.rejoin.outbox.import(phone.rejoin.outbox.export())
    await rig.calm()
    expect(tablet.entries()).toMatchObject([{ state: 'rejected' }])
    await tablet.discard('W1')
    await rig.setRules([])
    await rig.office.update('workorder', 'W1', { status: 'open' })
    await rig.calm()
    return [phone, tablet]
  }

  it('[OB11] regression, was dropped where it was resolved on the first device after all: it takes effect', async () => {
    const [phone, tablet] = await givenUp(true)
    await phone.entry('W1').resolve({ note: 'leaks badly' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks badly' })
    expect([...phone.entries(), ...tablet.entries()]).toEqual([])
    await rig.agree()
  })

  it('[OB11] regression, left the first device without a trace where that had not sent it yet: its ledger has it, to be restored', async () => {
    const [phone] = await givenUp(false)
    await phone.online()
    await rig.calm()
    expect(phone.entries()).toEqual([])
    expect(phone.ledger()).toMatchObject([{ record: 'W1', strategy: 'elsewhere', mine: { note: 'leaks' } }])
    await phone.ledger()[0]!.restore()
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    await rig.agree()
  })
})

describe("the back office's list of rejected actions", () => {
  it('[OB16] says user, device, record, values and reason of each, and whether it is resolved', async () => {
    rig = await openRig()
    for (const id of ['N1', 'N2', 'N3', 'N4'])
      await rig.office.create('annotation', id, { subject: 'Key', ownerid: 'north' })
    const ben = await rig.device('ben')
    for (const id of ['N1', 'N2', 'N3', 'N4']) await ben.update('annotation', id, { subject: `Keys of ${id}` })
    await rig.calm()
    const [first, second, third, fourth] = ben.entries()
    const open = async (): Promise<unknown> =>
      Object.fromEntries((await rig.office.refused()).map(({ edit, resolved }) => [edit, resolved]))
    expect(await rig.office.refused()).toContainEqual(
      expect.objectContaining({
        edit: first!.id,
        author: 'ben',
        device: ben.id(),
        table: 'annotation',
        record: 'N1',
        changes: { subject: ['Key', 'Keys of N1'] },
        code: 'not-permitted',
        message: 'no right to write this record',
        resolved: false,
      }),
    )
    await third!.discard()
    await rig.office.update('annotation', 'N1', { ownerid: 'ben' })
    await rig.calm()
    await first!.retry()
    // Refused again: what was refused first is replaced by it, and it is what is open now.
    await second!.resolve({ subject: 'Lost' })
    await rig.calm()
    const again = ben.entry('N2').id
    expect(await open()).toEqual({
      [first!.id]: true,
      [second!.id]: true,
      [again]: false,
      [third!.id]: true,
      [fourth!.id]: false,
    })
    await ben.crash()
    await ben.online()
    await ben.entry('N2').discard()
    await rig.calm()
    expect(await open()).toMatchObject({ [again]: true, [fourth!.id]: false })
    await rig.agree()
  })
})
