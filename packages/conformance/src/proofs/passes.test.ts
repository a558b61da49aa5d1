import { setImmediate } from 'node:timers/promises'
import type { ProfileItem } from '@rejoin/profile'
import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { createDice, openRig, type Rig } from './rig.ts'

const order = { title: 'Pump', status: 'open', ownerid: 'north' }
const MINUTE = 60_000
const HOUR = 60 * MINUTE

let rig: Rig
afterEach(() => rig.close())

const all = (table: string, more: Partial<ProfileItem> = {}): ProfileItem => ({
  table,
  filter: { kind: 'all' },
  ...more,
})
const title = (device: Device, id = 'W1') => device.row('workorder', id)?.['title']
/** messages a device has sent of a kind */
const asked = (device: Device): readonly (readonly string[])[] =>
  device.line.frames.flatMap(({ message }) => (message.type === 'refresh' ? [message.tables] : []))
const rowsSent = (device: Device): readonly string[] =>
  device.line.frames.flatMap(({ message }) => (message.type === 'changes' ? message.rows.map(({ id }) => id) : []))

describe('passes', () => {
  it('[DS1] changes come at once, but of a table with an interval by passes alone, each at its time', async () => {
    rig = await openRig('merge')
    await rig.setItems('everything', [all('workorder'), all('account', { interval: 60 }), all('annotation')])
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('account', 'A1', { name: 'Smith' })
    const mia = await rig.device('mia')
    await rig.office.update('workorder', 'W1', { title: 'Valve' })
    await rig.office.update('account', 'A1', { name: 'Jones' })
    await rig.calm()
    expect(title(mia)).toBe('Valve')
    expect(mia.row('account', 'A1')).toMatchObject({ name: 'Smith' })
    expect(mia.rejoin.sync.current.next).toMatchObject({ workorder: 'at once', account: expect.any(Number) })
    const page = () => mia.rejoin.statusPage.current.tables.find(({ table }) => table === 'account')
    expect(page()).toMatchObject({ nextSync: mia.rejoin.sync.current.next['account'], agreement: { down: 'unknown' } })
    await rig.pass(58 * MINUTE)
    expect(mia.row('account', 'A1')).toMatchObject({ name: 'Smith' })
    await rig.pass(3 * MINUTE)
    expect(mia.row('account', 'A1')).toMatchObject({ name: 'Jones' })
    expect(asked(mia)).toEqual([['account']])
    // Its own edits of such a table are answered at once, and what another did there still waits.
    await rig.office.update('account', 'A1', { city: 'Bergen' })
    await mia.update('account', 'A1', { credit: 'good' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(mia.row('account', 'A1')).toMatchObject({ city: 'Bergen', credit: 'good' })
    await rig.agree()
  })

  it('[DS1] an interval goes on where the line broke or the device was closed: nothing is missed, nothing comes twice', async () => {
    rig = await openRig()
    await rig.setItems('everything', [all('workorder'), all('account', { interval: 60 })])
    await rig.office.create('account', 'A1', { name: 'Smith' })
    await rig.office.create('account', 'A2', { name: 'Other' })
    const mia = await rig.device('mia')
    await rig.office.update('account', 'A1', { name: 'Jones' })
    await rig.office.create('workorder', 'W1', order)
    await rig.calm()
    await mia.crash()
    await rig.calm()
    expect(mia.row('account', 'A1')).toMatchObject({ name: 'Jones' })
    expect(rowsSent(mia).filter(id => id === 'A2')).toEqual([])
    await rig.agree()
  })

  it('[DS9] a pass on a table takes along those it is related to by the profile, whatever their intervals', async () => {
    rig = await openRig()
    await rig.setItems('everything', [
      all('workorder', { interval: 10 }),
      { table: 'annotation', filter: { kind: 'related' }, relationships: ['annotation_workorder'], interval: 720 },
      all('account', { interval: 720 }),
    ])
    await rig.office.create('workorder', 'W1', order)
    await rig.office.create('annotation', 'N1', { subject: 'old', workorder: 'W1', ownerid: 'north' })
    await rig.office.create('account', 'A1', { name: 'Smith' })
    const mia = await rig.device('mia')
    expect(mia.row('annotation', 'N1')).toMatchObject({ subject: 'old' })
    await rig.office.update('annotation', 'N1', { subject: 'new' })
    await rig.office.update('account', 'A1', { name: 'Jones' })
    await rig.pass(11 * MINUTE)
    expect(asked(mia)).toEqual([['workorder', 'annotation']])
    expect(mia.row('annotation', 'N1')).toMatchObject({ subject: 'new' })
    expect(mia.row('account', 'A1')).toMatchObject({ name: 'Smith' })
  })

  it('[DS10] "refresh now" re-checks every row and downloads none that has not changed', async () => {
    rig = await openRig()
    const ids = Array.from({ length: 500 }, (_, n) => `W${1000 + n}`)
    await rig.fill('workorder', ids, id => ({ title: id, state: 'open', ownerid: 'north' }))
    const mia = await rig.device('mia')
    await mia.rejoin.sync.setMode({ mode: 'manual' })
    await rig.calm()
    await rig.office.update('workorder', 'W1007', { title: 'changed' })
    await rig.office.remove('workorder', 'W1008')
    const before = mia.line.frames.length
    const done = mia.rejoin.sync.refresh()
    await rig.calm()
    await done
    expect(title(mia, 'W1007')).toBe('changed')
    expect(mia.rows('workorder')).toHaveLength(499)
    const down = mia.line.frames.slice(before).filter(({ direction }) => direction === 'down')
    const synced = down.flatMap(({ message }) => (message.type === 'synced' ? message.tables : []))
    expect(synced).toHaveLength(3)
    for (const { table, rows, fingerprint } of synced)
      expect(mia.rejoin.fingerprint()[table]).toEqual({ rows, fingerprint })
    expect(rowsSent(mia).slice(-1)).toEqual(['W1007'])
    expect(down.some(({ message }) => message.type === 'page')).toBe(false)
    await rig.agree()
    mia.offline()
    const failing = mia.rejoin.sync.refresh().catch((fault: { readonly code: string }) => fault.code)
    await rig.pass(MINUTE)
    expect(await failing).toBe('offline')
  })

  it('[DS11] Wi-Fi only: on a metered network no pass comes by itself, back on Wi-Fi it runs', async () => {
    rig = await openRig('merge')
    let metered = false
    const watchers = new Set<() => void>()
    const network = {
      metered: () => metered,
      watch: (changed: () => void) => {
        watchers.add(changed)
        return () => void watchers.delete(changed)
      },
    }
    const turn = async (to: boolean): Promise<void> => {
      metered = to
      for (const changed of watchers) changed()
      await rig.calm()
    }
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { network })
    await mia.rejoin.sync.setMode({ mode: 'auto', wifiOnly: true })
    await rig.calm()
    await turn(true)
    await rig.office.update('workorder', 'W1', { title: 'Valve' })
    await rig.pass(3 * HOUR)
    await mia.refresh()
    expect(mia.status()).toBe('live')
    expect(title(mia)).toBe('Pump')
    expect(mia.rejoin.sync.current.next['workorder']).toBeUndefined()
    // What is done here goes all the same.
    await mia.update('workorder', 'W1', { note: 'leaks' })
    await rig.calm()
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'leaks' })
    await rig.office.update('workorder', 'W1', { title: 'Pipe' })
    await rig.calm()
    expect(title(mia)).toBe('Valve')
    await turn(false)
    expect(title(mia)).toBe('Pipe')
    await rig.office.update('workorder', 'W1', { title: 'Hose' })
    await rig.pass(6 * MINUTE)
    expect(title(mia)).toBe('Hose')
    await rig.agree()
  })

  it('[DS12] auto, a longer interval, or manual: as the user chooses, also after a restart', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    await mia.rejoin.sync.setMode({ mode: 'interval', minutes: 30 })
    await rig.calm()
    await rig.office.update('workorder', 'W1', { title: 'Valve' })
    await rig.pass(28 * MINUTE)
    expect(title(mia)).toBe('Pump')
    await rig.pass(3 * MINUTE)
    expect(title(mia)).toBe('Valve')
    await mia.rejoin.sync.setMode({ mode: 'manual' })
    await mia.crash()
    await rig.office.update('workorder', 'W1', { title: 'Pipe' })
    await rig.pass(5 * HOUR)
    expect(mia.status()).toBe('live')
    expect(title(mia)).toBe('Valve')
    await mia.rejoin.sync.setMode({ mode: 'auto' })
    await rig.calm()
    expect(title(mia)).toBe('Pipe')
    await rig.office.update('workorder', 'W1', { title: 'Hose' })
    await rig.calm()
    expect(title(mia)).toBe('Hose')
    await rig.agree()
  })

  it('[DS12] what the administrator does not allow cannot be chosen, and ends where it was', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    await mia.rejoin.sync.setMode({ mode: 'manual' })
    await rig.setSettings({ syncModes: ['auto', 'interval'] })
    await rig.pass(MINUTE)
    await mia.refresh()
    expect(mia.rejoin.sync.current).toMatchObject({ mode: 'auto', modes: ['auto', 'interval'] })
    await rig.office.update('workorder', 'W1', { title: 'Valve' })
    await mia.refresh()
    expect(title(mia)).toBe('Valve')
    await expect(mia.rejoin.sync.setMode({ mode: 'manual' })).rejects.toMatchObject({ code: 'not-permitted' })
    await expect(mia.rejoin.sync.setMode({ mode: 'interval' })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('a device in no hurry begins with all of its scope, and holds the same as the others in the end', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { unsynced: true })
    await mia.rejoin.sync.setMode({ mode: 'manual' })
    await rig.calm()
    await rig.pass(MINUTE)
    expect(mia.rejoin.ready).toBe(true)
    expect(title(mia)).toBe('Pump')
    await rig.agree()
  })

  it('a download that a person asks for, or set ahead, brings everything where nothing comes by itself', async () => {
    rig = await openRig()
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia')
    await mia.rejoin.sync.setMode({ mode: 'manual' })
    await rig.calm()
    await rig.office.update('workorder', 'W1', { title: 'Valve' })
    const downloaded = mia.rejoin.offline.download()
    await rig.calm()
    await downloaded
    expect(title(mia)).toBe('Valve')
    await rig.office.update('workorder', 'W1', { title: 'Pipe' })
    await mia.rejoin.cache.schedule([rig.time.now() + HOUR])
    await rig.pass(59 * MINUTE)
    expect(title(mia)).toBe('Valve')
    await rig.pass(2 * MINUTE)
    expect(title(mia)).toBe('Pipe')
    await rig.agree()
  })

  it('[DS13] what changes while a pass is under way is neither lost nor told backwards, whatever the table', async () => {
    rig = await openRig('merge')
    await rig.setItems('everything', [
      all('workorder'),
      all('account', { interval: 5 }),
      all('annotation', { interval: 7 }),
    ])
    const ids = Array.from({ length: 40 }, (_, n) => `W${n}`)
    await rig.fill('workorder', ids, id => ({ title: id, state: 'open', ownerid: 'north' }))
    for (const id of ['A1', 'A2', 'A3']) await rig.office.create('account', id, { name: id })
    const mia = await rig.device('mia')
    const dice = createDice(7)
    rig.slow(() => dice.number(6))
    for (let round = 0; round < 40; round++) {
      const doing: Promise<unknown>[] = []
      if (round % 4 === 0) doing.push(mia.rejoin.sync.refresh())
      else {
        // The pass that is due begins when the first of the changes is already on its way.
        const due = Math.min(...Object.values(mia.rejoin.sync.current.next).filter(each => typeof each === 'number'))
        await rig.pass(due - rig.time.now() - 1_000)
        mia.line.hold('up')
        await rig.pass(2_000)
        mia.line.release('up')
      }
      for (let n = 0; n < 8; n++) {
        for (let turn = dice.number(4); turn > 0; turn--) await setImmediate()
        const id = `W${dice.number(40)}`
        const account = `A${1 + dice.number(3)}`
        doing.push(rig.office.update('workorder', id, { note: `${round} ${n}` }).catch(() => undefined))
        doing.push(rig.office.update('account', account, { city: `${round} ${n}` }))
      }
      if (round % 5 === 0) doing.push(rig.office.remove('workorder', `W${round}`).catch(() => undefined))
      if (round % 7 === 0) doing.push(mia.update('workorder', 'W39', { priority: round }))
      await rig.calm()
      await Promise.all(doing)
    }
    await rig.pass(20 * MINUTE)
    await rig.agree()
    expect(mia.rejoin.stats.repaired).toBe(0)
    const repaired = mia.rejoin.sync.refresh()
    await rig.calm()
    await repaired
    expect(mia.rejoin.stats.repaired).toBe(0)
  })
})
