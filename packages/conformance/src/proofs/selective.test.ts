import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

let rig: Rig
afterEach(() => rig.close())

describe('a paused queue', () => {
  it('[OB14] sends nothing until its last reason has ended, across passes, and says its reasons', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    const { outbox } = mia.rejoin
    for (const reason of ['manual', 'metered', 'manual']) outbox.pause(reason)
    expect(outbox.paused.current).toEqual(['manual', 'metered'])
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.refresh()
    outbox.resume('manual')
    await mia.online()
    expect(mia.entries()).toMatchObject([{ state: 'waiting' }])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'open' })
    // What others do comes all the same.
    await rig.office.create('workorder', 'W2', order)
    await rig.calm()
    expect(mia.row('workorder', 'W2')).toBeDefined()
    outbox.resume('metered')
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ status: 'done' })
    await rig.agree()
  })

  it('[OB14] sends chosen entries with what they cannot go without, and nothing besides', async () => {
    rig = await openRig()
    for (const id of ['W1', 'W2', 'W3']) await rig.office.create('workorder', id, order)
    const mia = await rig.device('mia')
    const { outbox } = mia.rejoin
    outbox.pause('manual')
    await mia.update('workorder', 'W1', { priority: 2 })
    await mia.create('account', 'A1', { name: 'Fair' })
    await mia.update('account', 'A1', { city: 'Graz' })
    await mia.update('workorder', 'W1', { account: 'A1' })
    await mia.update('workorder', 'W1', { priority: 3 })
    await mia.rejoin.group(group => {
      group.table('workorder').update('W2', { priority: 4 })
      group.table('workorder').update('W3', { priority: 4 })
    })
    await mia.update('workorder', 'W3', { priority: 5 })
    const made = mia.entries()
    // The line is down: what was chosen goes when it is back, and only that.
    mia.offline()
    outbox.send([made[3]!.id])
    await mia.online()
    expect(mia.entries().map(({ id }) => id)).toEqual([2, 4, 5, 6, 7].map(at => made[at]!.id))
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 2, account: 'A1' })
    expect(await rig.office.row('account', 'A1')).toMatchObject({ name: 'Fair', city: null })
    outbox.send([made[5]!.id])
    await rig.calm()
    expect(mia.entries().map(({ id }) => id)).toEqual([2, 4, 7].map(at => made[at]!.id))
    await mia.update('workorder', 'W1', { note: 'not chosen' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ priority: 2, note: 'as installed' })
    outbox.resume('manual')
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W3')).toMatchObject({ priority: 5 })
    await rig.agree()
  })

  it('[OB14] tells how far sending has come, with what was refused and what was added on the way', async () => {
    rig = await openRig()
    await rig.office.create('annotation', 'N1', { subject: 'Key', ownerid: 'north' })
    const ben = await rig.device('ben')
    const { progress } = ben.rejoin.outbox
    const seen: string[] = []
    progress.subscribe(({ done, of }) => seen.push(`${done}/${of}`))
    expect(progress.current).toMatchObject({ done: 0, of: 0 })
    ben.offline()
    for (const id of ['W1', 'W2', 'W3']) await ben.create('workorder', id, { title: id, ownerid: 'ben' })
    await ben.update('annotation', 'N1', { subject: 'Keys' })
    expect(progress.current).toMatchObject({ done: 0, of: 4, open: ben.entries().map(({ id }) => id) })
    ben.line.hold('down')
    ben.reach()
    await rig.pass(120_000)
    await ben.create('workorder', 'W4', { title: 'W4', ownerid: 'ben' })
    expect(progress.current).toMatchObject({ done: 0, of: 5 })
    ben.line.release('down')
    await ben.online()
    expect(ben.entries()).toMatchObject([{ record: 'N1', state: 'rejected' }])
    expect(progress.current).toEqual({ done: 5, of: 5, open: [] })
    expect(seen).toContain('5/5')
    await ben.entry().retry()
    expect(progress.current).toMatchObject({ done: 0, of: 1 })
    await rig.calm()
    expect(progress.current).toMatchObject({ done: 1, of: 1 })
  })
})
