import { afterEach, describe, expect, it } from 'vitest'
import type { Device } from './device.ts'
import { openRig, type Rig } from './rig.ts'

/** An edit carries its values up to four times: within every other limit it may weigh more than a frame. */

const kB = (size: number, letter: string): string => letter.repeat(size * 1024)
const heaviest = (device: Device): number =>
  Math.max(...device.line.frames.filter(({ direction }) => direction === 'up').map(({ bytes }) => bytes.length))
const FRAME = 1024 * 1024

let rig: Rig
afterEach(() => rig.close())

describe('what is too large to be sent', () => {
  it('[LW5] [OB5] regression, an edit heavier than a frame blocked the outbox for ever: it is refused at once, all else goes on', async () => {
    rig = await openRig('clientWins')
    const mia = await rig.device('mia')
    await mia.create('workorder', 'W1', { title: 'Pump', note: kB(240, 'a') })
    await mia.update('workorder', 'W1', { remark: kB(240, 'b') })
    const heavy = mia.update('workorder', 'W1', { note: kB(240, 'c') })
    await expect(heavy).rejects.toMatchObject({ code: 'too-large', table: 'workorder', record: 'W1', column: 'note' })
    await mia.create('workorder', 'W2', { title: 'Valve' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(mia.status()).toBe('live')
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: kB(240, 'a'), remark: kB(240, 'b') })
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve' })
    expect(heaviest(mia)).toBeLessThanOrEqual(FRAME)
    await rig.agree()
  })

  it('[OB6] regression: an edit that grew too large when it was recorded again is refused on the device; corrected it goes', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', { title: 'Pump', note: kB(240, 'a'), remark: kB(100, 'r') })
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'short' })
    await mia.update('workorder', 'W1', { note: kB(240, 'c') })
    await mia.create('workorder', 'W2', { title: 'Valve' })
    // Now it stands on the long note: one copy more.
    await mia.discard('W1')
    await mia.online()
    expect(mia.entries()).toMatchObject([
      { record: 'W1', state: 'rejected', error: { code: 'too-large', column: 'note' } },
    ])
    expect(mia.mark('workorder', 'W1')).toBe('error')
    expect(mia.status()).toBe('live')
    expect(await rig.office.row('workorder', 'W2')).toMatchObject({ title: 'Valve' })
    expect(heaviest(mia)).toBeLessThanOrEqual(FRAME)
    const longer = mia.entry('W1').resolve({ note: kB(250, 'd') })
    await expect(longer).rejects.toMatchObject({ code: 'too-large', column: 'note' })
    expect(mia.entries()).toMatchObject([{ record: 'W1', state: 'rejected' }])
    await mia.entry('W1').resolve({ note: 'shorter' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: 'shorter' })
    await rig.agree()
  })

  it('[OB10] an edit refused on the device for its size can be discarded like any other', async () => {
    rig = await openRig('clientWins')
    await rig.office.create('workorder', 'W1', { title: 'Pump', note: kB(240, 'a'), remark: kB(100, 'r') })
    const mia = await rig.device('mia')
    mia.offline()
    await mia.update('workorder', 'W1', { note: 'short' })
    await mia.update('workorder', 'W1', { note: kB(240, 'c') })
    await mia.discard('W1')
    await mia.online()
    await mia.discard('W1')
    await mia.update('workorder', 'W1', { status: 'done' })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W1')).toMatchObject({ note: kB(240, 'a'), status: 'done' })
    await rig.agree()
  })

  it('[OB13] regression: a group heavier than a frame is refused as a whole; one just below goes in one push', async () => {
    rig = await openRig('merge')
    const mia = await rig.device('mia')
    // A create carries its values twice.
    const group = (ids: readonly string[]): Promise<void> =>
      mia.rejoin.group(({ table }) => {
        for (const id of ids) table('workorder').create({ workorderid: id, title: id, note: kB(125, 'g') })
      })
    await expect(group(['W1', 'W2', 'W3', 'W4', 'W5'])).rejects.toMatchObject({ code: 'too-large', record: undefined })
    expect(mia.entries()).toEqual([])
    await group(['W1', 'W2', 'W3', 'W4'])
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('workorder', 'W4')).toMatchObject({ title: 'W4' })
    expect(heaviest(mia)).toBeGreaterThan(FRAME * 0.95)
    expect(heaviest(mia)).toBeLessThanOrEqual(FRAME)
    await rig.agree()
  })

  it('[LW5] a record that would become larger than a relay takes is refused on the device, and up to there is taken', async () => {
    rig = await openRig('merge')
    const mia = await rig.device('mia')
    await mia.create('account', 'A1', { name: kB(200, 'n') })
    await mia.update('account', 'A1', { city: kB(200, 'c') })
    const third = mia.update('account', 'A1', { credit: kB(200, 'd') })
    await expect(third).rejects.toMatchObject({ code: 'too-large', table: 'account', record: 'A1', column: 'credit' })
    await mia.update('account', 'A1', { credit: kB(111, 'd') })
    await rig.calm()
    expect(mia.entries()).toEqual([])
    expect(await rig.office.row('account', 'A1')).toMatchObject({ credit: kB(111, 'd') })
    await rig.agree()
  })
})
