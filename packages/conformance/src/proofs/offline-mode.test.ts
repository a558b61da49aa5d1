import { afterEach, describe, expect, it } from 'vitest'
import { openRig, type Rig } from './rig.ts'

let rig: Rig
afterEach(() => rig.close())

describe('offline mode', () => {
  it('[OM1] [OM2] a first download is asked for, ends in a choice, and then offline mode can be entered', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { title: 'Pump', status: 'open' })
    const mia = await rig.device('mia', { unsynced: true })
    const { offline } = mia.rejoin
    await offline.turnOn()
    expect(offline.current).toMatchObject({ on: false, dialog: { step: 'asking' } })
    const coming = offline.download()
    await rig.calm()
    await coming
    expect(offline.current).toMatchObject({ on: false, dialog: { step: 'downloaded' } })
    expect(mia.status()).toBe('live')
    await offline.turnOn()
    expect(offline.current).toMatchObject({ on: true, banner: 'Offline Mode' })
    expect(mia.row('workorder', 'W1')).toMatchObject({ title: 'Pump' })
  })

  it('[OM6] [OB3] connected or not, nothing goes over the line for a day of work; afterwards all of it arrives', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { title: 'Pump', status: 'open' })
    const mia = await rig.device('mia')
    await mia.rejoin.offline.turnOn()
    await rig.calm()
    const before = { frames: mia.line.frames.length, asked: mia.asked }
    await mia.update('workorder', 'W1', { status: 'done' })
    await mia.reopen()
    const id = await mia.create('workorder', undefined, { title: 'Found on site' })
    await rig.office.update('workorder', 'W1', { priority: 3 })
    await expect(mia.rejoin.online.table('workorder').query()).rejects.toMatchObject({ code: 'offline-mode' })
    for (let hour = 0; hour < 24; hour++) await rig.pass(3_600_000)
    expect({ frames: mia.line.frames.length, asked: mia.asked }).toEqual(before)
    expect(mia.entries()).toHaveLength(2)
    await mia.rejoin.offline.turnOff()
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', id)).toMatchObject({ title: 'Found on site' })
    await rig.agree()
  })

  it('[OM8] without a link a call to the online API fails at once, typed, and changes nothing here', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { title: 'Pump' })
    const mia = await rig.device('mia')
    const { online } = mia.rejoin
    expect(await online.table('workorder').get('W1')).toMatchObject({ id: 'W1', values: { title: 'Pump' } })
    mia.offline()
    await rig.calm()
    for (const call of [
      () => online.table('workorder').get('W1'),
      () => online.table('workorder').update('W1', { title: 'Other' }),
      () => online.table('workorder').create({ title: 'New' }),
      () => online.table('workorder').delete('W1'),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'offline', fix: expect.any(String) })
    expect(mia.entries()).toEqual([])
    expect(mia.row('workorder', 'W1')).toMatchObject({ title: 'Pump' })
  })

  it('[OM9] the online API reaches tables and rows outside the profile, within the rights, and conditions on a revision', async () => {
    rig = await openRig()
    // Cora's profile: her own work orders, and of notes nothing.
    await rig.office.create('workorder', 'W1', { title: "The south's", ownerid: 'south' })
    await rig.office.create('workorder', 'W2', { title: "The north's", ownerid: 'north' })
    await rig.office.create('annotation', 'N1', { subject: 'Key', ownerid: 'south' })
    const cora = await rig.device('cora')
    const { online } = cora.rejoin
    expect([cora.row('workorder', 'W1'), cora.rejoin.online.table('annotation')]).toMatchObject([undefined, {}])
    expect((await online.table('workorder').query()).rows.map(({ id }) => id)).toEqual(['W1'])
    expect((await online.table('workorder').query({ where: { title: 'nothing' } })).rows).toEqual([])
    expect((await online.table('annotation').get('N1'))?.values).toMatchObject({ subject: 'Key' })
    expect(await online.table('workorder').get('W2')).toBeUndefined()
    const { rev } = (await online.table('workorder').get('W1'))!
    const changed = await online.table('workorder').update('W1', { note: 'seen' }, { ifRev: rev })
    expect(changed.values).toMatchObject({ note: 'seen' })
    await expect(online.table('workorder').update('W1', { note: 'again' }, { ifRev: rev })).rejects.toBeDefined()
    await expect(online.table('workorder').update('W2', { note: 'x' })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('[OM10] what the user adds to the download is there offline, without what is hidden from him, beside his scope', async () => {
    rig = await openRig()
    await rig.fill('workorder', ['S1', 'S2', 'S3'], id => ({ title: id, state: 'open', cost: 7, ownerid: 'south' }))
    await rig.office.update('workorder', 'S3', { status: 'closed' })
    const cora = await rig.device('cora')
    expect(cora.rows('workorder')).toEqual([])
    const before = cora.rejoin.fingerprint()
    await cora.rejoin.pins.add('open in the south', 'workorder', { where: { status: 'open' } })
    await cora.rejoin.offline.turnOn()
    await cora.crash()
    expect(cora.rows('workorder').map(row => [row['workorderid'], row['cost']])).toEqual([
      ['S1', null],
      ['S2', null],
    ])
    expect(cora.rejoin.fingerprint()).toEqual(before)
    await rig.office.update('workorder', 'S1', { status: 'closed' })
    const coming = cora.rejoin.offline.download()
    await rig.calm()
    await coming
    expect(cora.rows('workorder').map(row => row['workorderid'])).toEqual(['S2'])
    expect(cora.rejoin.stats.repaired).toBe(0)
  })

  it("[OM11] a device whose store is another user's is refused, whoever signs in, and keeps what is unsent", async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { title: 'Pump' })
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Mine' })
    await mia.close()
    const olga = await rig.device('olga', { disk: mia.disk, unsynced: true })
    await rig.calm()
    expect(olga.fault()).toMatchObject({ code: 'forbidden' })
    expect([olga.entries(), olga.rows('workorder')]).toEqual([[], []])
    await expect(olga.rejoin.signOut()).rejects.toMatchObject({ code: 'unsent' })
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Pump' })
    await olga.close()
    await mia.reopen()
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Mine' })
  })

  it('[OM11] a device opened on another environment sends nothing there and shows nothing, whoever signs in', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', { title: 'Pump' })
    const mia = await rig.device('mia')
    mia.offline()
    await mia.create('workorder', 'P9', { title: 'Secret', ownerid: 'mia' })
    await mia.close()
    const training = await openRig()
    await training.office.create('workorder', 'T1', { title: 'Training' })
    const there = await training.device('mia', { disk: mia.disk, unsynced: true })
    await training.calm()
    expect(there.fault()).toMatchObject({ code: 'forbidden' })
    expect([there.entries(), there.rows('workorder')]).toEqual([[], []])
    expect(await training.office.row('workorder', 'P9')).toBeUndefined()
    await training.close()
    await mia.reopen()
    await mia.online()
    expect(await rig.office.row('workorder', 'P9')).toMatchObject({ title: 'Secret' })
  })
})
