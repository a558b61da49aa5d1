import { createMemoryDisk } from '@rejoin/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

const HOUR = 3_600_000

let rig: Rig
afterEach(() => rig.close())

const withRows = async (): Promise<Device> => {
  rig = await openRig()
  await rig.office.create('workorder', 'W1', { title: 'Pump', ownerid: 'north' })
  return rig.device('mia')
}

const hours = async (count: number): Promise<void> => {
  for (let passed = 0; passed < count; passed++) await rig.pass(HOUR)
}

describe('the life of a cache', () => {
  it('[CA1] what the administrator sets is in force from the next contact, and the device enforces it alone', async () => {
    const mia = await withRows()
    mia.offline()
    await hours(47)
    expect(mia.row('workorder', 'W1')).toBeDefined()
    await rig.setCacheHours(5)
    await mia.online()
    mia.offline()
    await hours(4)
    expect(mia.row('workorder', 'W1')).toBeDefined()
    await hours(1)
    expect(mia.row('workorder', 'W1')).toBeUndefined()
    expect(mia.rejoin.status.current).toMatchObject({ state: 'error', causes: [{ code: 'expired' }] })
    await mia.reopen()
    expect(mia.rows('workorder')).toEqual([])
  })

  it('[CA2] [CA3] expired, the outbox survives and is sent; the sync that opens the cache again brings no row twice', async () => {
    const mia = await withRows()
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Mine' })
    await mia.rejoin.drafts.keep('report', { table: 'workorder', record: 'W1', values: { note: 'later' } })
    await hours(50)
    expect(mia.rows('workorder')).toEqual([])
    await expect(mia.update('workorder', 'W1', { title: 'Again' })).rejects.toMatchObject({ code: 'expired' })
    await rig.office.create('workorder', 'W2', { title: 'Valve' })
    const pages = mia.line.frames.filter(({ message }) => message.type === 'page').length
    await mia.online()
    expect(mia.rejoin.cache.current.state).toBe('fresh')
    expect(mia.rejoin.drafts.get('report')).toBeDefined()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Mine' })
    expect(mia.line.frames.filter(({ message }) => message.type === 'page')).toHaveLength(pages)
    await rig.agree()
    mia.offline()
    await hours(47)
    expect(mia.rows('workorder')).toHaveLength(2)
  })

  it("[CA7] a clock set back wins nothing; the relay's time counts, and what it confirms is fresh however far ahead", async () => {
    const mia = await withRows()
    mia.offline()
    for (let passed = 1; passed <= 49; passed++) {
      await rig.pass(HOUR)
      mia.setClock(-passed * HOUR)
    }
    expect(mia.rows('workorder')).toEqual([])
    mia.setClock(400 * 24 * HOUR)
    await mia.online()
    expect(mia.rows('workorder')).toHaveLength(1)
    mia.offline()
    await hours(47)
    expect(mia.rows('workorder')).toHaveLength(1)
    await hours(1)
    expect(mia.rows('workorder')).toEqual([])
  })

  it('[CA4] [CA5] cleared or reset while it was away, a device comes back whole, and what was unsent took effect', async () => {
    const mia = await withRows()
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Mine' })
    await mia.rejoin.cache.clear()
    expect(mia.rows('workorder')).toMatchObject([{ title: 'Mine' }])
    await mia.online()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Mine' })
    await rig.agree()
    const id = mia.id()
    await mia.rejoin.cache.reset()
    await mia.reopen()
    await mia.online()
    expect(mia.id()).not.toBe(id)
    await mia.update('workorder', 'W1', { title: 'Of the new device' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Of the new device' })
    await rig.agree()
  })

  it('[SE4] signed out with the unsent work in a file, it is done from another device, once', async () => {
    const mia = await withRows()
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'Mine' })
    await mia.create('workorder', 'W2', { title: 'New' })
    await expect(mia.rejoin.signOut()).rejects.toMatchObject({ code: 'unsent' })
    const file = mia.rejoin.outbox.export()
    await mia.rejoin.signOut({ unsent: { file } })
    const other = await rig.device('mia', { disk: createMemoryDisk() })
    await other.rejoin.outbox.import(file)
    await rig.calm()
    await expect(other.rejoin.outbox.import(file)).rejects.toMatchObject({ code: 'settled' })
    expect(other.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Mine' })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'New' })
    expect(rig.applied().filter(({ id }) => id === 'W2')).toHaveLength(1)
    expect(file).not.toContain('Pump')
  })

  it('[SE4] [OB10] regression, a change given up took effect unseen: signing out waits for the word on what was withdrawn, or the file names it', async () => {
    const mia = await withRows()
    mia.line.hold('down')
    await mia.update('workorder', 'W1', { title: 'Not so' })
    await rig.calm()
    await mia.discard()
    expect(mia.entries()).toEqual([])
    await expect(mia.rejoin.signOut()).rejects.toMatchObject({ code: 'unsent' })
    const file = JSON.parse(mia.rejoin.outbox.export()) as { actions: unknown[]; withdrawn: string[] }
    expect(file).toMatchObject({ actions: [], withdrawn: [expect.any(String)] })
    mia.line.release('down')
    await rig.calm()
    expect(mia.late()).toEqual(file.withdrawn)
    await mia.rejoin.signOut()
  })

  it('[SE4] regression, work taken along was left out elsewhere: what was withdrawn is done there, though later edits of its device are in the record', async () => {
    const mia = await withRows()
    mia.rejoin.outbox.pause('manual')
    await mia.update('workorder', 'W1', { note: 'taken along' })
    const file = mia.rejoin.outbox.export()
    await mia.rejoin.cache.clear({ unsent: { file } })
    await mia.refresh()
    mia.rejoin.outbox.resume('manual')
    await mia.update('workorder', 'W1', { title: 'Later' })
    await rig.calm()
    const other = await rig.device('mia', { disk: createMemoryDisk() })
    await other.rejoin.outbox.import(file)
    await rig.calm()
    expect(other.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ title: 'Later', note: 'taken along' })
  })

  it('[OB10] what was given up here is taken in again only when it is known whether that came too late', async () => {
    const mia = await withRows()
    mia.line.hold('down')
    await mia.update('workorder', 'W1', { note: 'taken along' })
    await rig.calm()
    const file = mia.rejoin.outbox.export()
    mia.offline()
    mia.line.release('down')
    await mia.rejoin.cache.clear({ unsent: { file } })
    await expect(mia.rejoin.outbox.import(file)).rejects.toMatchObject({ code: 'unsent', record: 'W1' })
    await mia.online()
    await mia.rejoin.outbox.import(file)
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'taken along' })
    expect(await rig.revOf('workorder', 'W1')).toBe(2)
  })

  it('[LW11] undo of unsent work leaves nothing for the relay, and a record as the relay has it', async () => {
    const mia = await withRows()
    mia.offline()
    await mia.update('workorder', 'W1', { title: 'One' })
    await mia.update('workorder', 'W1', { note: 'two' })
    await mia.remove('workorder', 'W1')
    const id = await mia.create('workorder', undefined, { title: 'New' })
    await mia.rejoin.table('workorder').undo('W1')
    await mia.rejoin.table('workorder').undo(id)
    expect(mia.rows('workorder')).toMatchObject([{ title: 'Pump', note: null }])
    const before = await rig.head()
    await mia.online()
    expect(await rig.head()).toBe(before)
    await rig.agree()
  })
})
