import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'
import { shortTitles } from './world.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('deleting an entry', () => {
  it("[OB10] an entry that never left: nothing is sent for it, and only its record goes back to the server's state", async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('workorder', 'W2', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.update('workorder', 'W2', { status: 'done' })
    await mia.create('workorder', 'W3', { title: 'Valve' })
    await mia.discard('W1')
    expect(mia.entries().map(({ record }) => record)).toEqual(['W2', 'W3'])
    expect(mia.row('workorder', 'W1')).toMatchObject(order)
    expect(mia.row('workorder', 'W2')).toMatchObject({ status: 'done' })
    expect(mia.mark('workorder', 'W1')).toBeUndefined()
    await mia.discard('W3')
    expect(mia.row('workorder', 'W3')).toBeUndefined()
    await mia.online()
    const records = mia.line.frames.flatMap(({ message }) =>
      message.type === 'push'
        ? message.edits.map(({ record }) => record)
        : message.type === 'withdraw'
          ? ['withdrawal']
          : [],
    )
    expect(records).toEqual(['W2'])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ status: 'done' })
    expect(await rig.office.row('workorder', 'W3')).toBeUndefined()
    await rig.agree()
  })

  it('[OB10] an entry in mid-chain: what was made after it is recorded anew without it', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.update('workorder', 'W1', { title: 'Mistake', priority: 9 })
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await mia.entries()[1]!.discard()
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done', note: 'leaks' })
    await mia.online()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done', note: 'leaks' })
    expect(mia.ledger()).toEqual([])
    await rig.agree()
  })

  it("[OB10] a refused entry: the record shows the server's state, what was held behind it takes effect on that", async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Pump in the cellar' })
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.setSchema(shortTitles)
    await mia.online()
    expect(mia.entries().map(({ state }) => state)).toEqual(['rejected', 'held'])
    await rig.office.update('workorder', 'W1', { priority: 4 })
    await rig.calm()
    await mia.discard()
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, priority: 4, note: 'leaks' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, priority: 4, note: 'leaks' })
    await rig.agree()
  })

  it("[OB10] a refused create: what needed it goes with it, or waits for its author; the record is the server's", async () => {
    rig = await openRig('clientWins')
    const rita = await rig.device('rita')
    rita.offline()
    await rita.create('workorder', 'W1', { title: 'Not hers to make', ownerid: 'rita' })
    await rita.update('workorder', 'W1', { note: 'leaks' })
    await rita.online()
    expect(rita.entries()).toMatchObject([
      { kind: 'create', state: 'rejected', error: { code: 'not-permitted' } },
      { state: 'held' },
    ])
    await rita.discard()
    await rig.calm()
    expect(rita.entries()).toEqual([])
    expect(rita.row('workorder', 'W1')).toBeUndefined()
    expect(await rig.office.row('workorder', 'W1')).toBeUndefined()
    await rig.agree()
  })

  it('[OB10] a refused create that others refer to: they wait for their author, say so, and go once they are put right', async () => {
    rig = await openRig('clientWins')
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('workorder', 'W1', { title: 'Valve on the roof', ownerid: 'mia' })
    await mia.create('annotation', 'N1', { subject: 'Key', workorder: 'W1', ownerid: 'mia' })
    await mia.create('annotation', 'N2', { subject: 'Dog', ownerid: 'mia' })
    await rig.setSchema(shortTitles)
    await mia.online()
    const [create] = mia.entries()
    await mia.discard('W1')
    await rig.calm()
    expect(mia.row('workorder', 'W1')).toBeUndefined()
    expect(mia.entries()).toMatchObject([{ record: 'N1', state: 'held', heldBy: create!.id }])
    expect(await rig.office.row('annotation', 'N1')).toBeUndefined()
    expect(await rig.office.row('annotation', 'N2')).toMatchObject({ subject: 'Dog' })
    await mia.entry('N1').resolve({ workorder: null })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ subject: 'Key', workorder: null })
    await rig.agree()
  })

  it('[OB10] a refused create over a record that exists: what refers to it goes on, for it is there', async () => {
    rig = await openRig('clientWins')
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('workorder', 'W1', { title: 'Mine', ownerid: 'mia' })
    await mia.create('annotation', 'N1', { subject: 'Key', workorder: 'W1', ownerid: 'mia' })
    await rig.office.create('workorder', 'W1', order)
    await mia.online()
    expect(mia.entries()).toMatchObject([{ state: 'rejected' }, { record: 'N1', state: 'held' }])
    await mia.discard('W1')
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(mia.row('workorder', 'W1')).toMatchObject(order)
    expect(await rig.office.row('annotation', 'N1')).toMatchObject({ workorder: 'W1' })
    await rig.agree()
  })

  it('[OB10] an entry that may have left is withdrawn: void when the withdrawal comes first, though the entry comes after all', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    let lost: Uint8Array | undefined
    mia.line.watch(({ message, bytes }) => {
      if (message.type !== 'push') return 'deliver'
      lost = bytes
      return 'cut'
    })
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    await mia.discard()
    expect(mia.entries()).toEqual([])
    expect(mia.row('workorder', 'W1')).toMatchObject(order)
    mia.line.watch(undefined)
    await mia.online()
    expect(mia.line.frames.filter(({ message }) => message.type === 'withdraw')).toHaveLength(1)
    mia.line.inject(lost!)
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject(order)
    expect(mia.row('workorder', 'W1')).toMatchObject(order)
    expect(mia.late()).toEqual([])
    // The record can be worked on as before.
    await mia.update('workorder', 'W1', { status: 'cancelled' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'cancelled' })
    await rig.agree()
  })

  it('[OB10] a withdrawal that comes too late: the user is told, and the record is what it became', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    mia.line.watch(({ direction, message }) => (direction === 'down' && message.type === 'changes' ? 'cut' : 'deliver'))
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    const [entry] = mia.entries()
    await mia.discard()
    mia.line.watch(undefined)
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ ...order, status: 'done' })
    expect(mia.entries()).toEqual([])
    expect(mia.late()).toEqual([entry!.id])
    await rig.agree()
  })
})
