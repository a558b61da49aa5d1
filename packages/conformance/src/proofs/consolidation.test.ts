import type { Edit } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

/** Entries of one record that become one as long as they have not left the device. */

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

const pushed = ({ line }: Device): readonly Edit[] =>
  line.frames.flatMap(({ message }) => (message.type === 'push' ? message.edits : []))

describe('consolidation', () => {
  it('[OB12] consecutive edits of one record are one entry from the first value to the last, and undone as one', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { consolidate: true })
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'active', priority: 2 })
    await mia.update('workorder', 'W1', { status: 'done', note: 'repaired' })
    expect(mia.entries()).toMatchObject([
      { changes: { status: ['open', 'done'], priority: [1, 2], note: ['as installed', 'repaired'] } },
    ])
    await mia.rejoin.table('workorder').undo('W1')
    expect(mia.entries()).toEqual([])
    expect(mia.row('workorder', 'W1')).toMatchObject(order)
    // A create takes in what follows; ids of the record are not used up by it, however often.
    await mia.create('workorder', 'W2', { title: 'Valve' })
    for (let priority = 0; priority < 300; priority++) await mia.update('workorder', 'W2', { priority })
    await mia.update('workorder', 'W1', { priority: 9 })
    expect(mia.entries()).toMatchObject([{ kind: 'create', record: 'W2' }, { record: 'W1' }])
    await mia.crash()
    await mia.online()
    expect(pushed(mia)).toHaveLength(2)
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve', priority: 299 })
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, priority: 9 })
    await rig.agree()
  })

  it('[OB12] never: unless the device is set to it, where one is marked so, of commands and groups, around another record, once it left', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const plain = await rig.device('olga')
    const mia = await rig.device('mia', { consolidate: true })
    for (const device of [plain, mia]) device.offline()
    for (const priority of [2, 3]) await plain.update('workorder', 'W1', { priority })
    expect(plain.entries()).toHaveLength(2)
    const orders = mia.rejoin.table('workorder')
    await orders.update('W1', { priority: 2 }, { mergeable: false })
    await mia.crash()
    await mia.update('workorder', 'W1', { priority: 3 })
    await mia.rejoin.table('workorder').update('W1', { priority: 4 }, { mergeable: false })
    expect(mia.entries().map(({ changes }) => changes['priority']?.[1])).toEqual([2, 3, 4])
    await mia.rejoin.group(group => group.table('workorder').update('W1', { priority: 5 }))
    await mia.update('workorder', 'W1', { priority: 6 })
    await mia.rejoin.table('workorder').run('complete', 'W1', { note: 'sealed' })
    await mia.update('workorder', 'W1', { priority: 7 })
    await mia.update('workorder', 'W2', { priority: 7 })
    await mia.update('workorder', 'W1', { priority: 8 })
    expect(mia.entries()).toHaveLength(9)
    // What has gone up and was not answered may have arrived.
    mia.line.hold('down')
    mia.reach()
    await rig.pass(120_000)
    mia.line.release('down')
    await mia.online()
    mia.line.hold('down')
    await mia.update('workorder', 'W2', { priority: 9 })
    await rig.calm()
    mia.offline()
    await mia.update('workorder', 'W2', { priority: 10 })
    expect(mia.entries()).toHaveLength(2)
    mia.line.release('down')
    await mia.online()
    await plain.online()
    expect(mia.entries()).toEqual([])
    await rig.agree()
  })

  it('[OB12] what others changed between two edits keeps them apart: the conflict of the first is not forgotten', async () => {
    rig = await openRig('serverWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { consolidate: true })
    mia.rejoin.outbox.pause('manual')
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.office.update('workorder', 'W1', { priority: 5 })
    await rig.calm()
    await mia.update('workorder', 'W1', { status: 'done' })
    expect(mia.entries()).toHaveLength(2)
    mia.rejoin.outbox.resume('manual')
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, priority: 5, status: 'done' })
    expect(mia.ledger()).toMatchObject([{ status: 'lost', mine: { note: 'leaks' } }])
    await rig.agree()
  })
})
