import { describe, expect, it } from 'vitest'
import { confirmed, openScript } from '../device/device.fixture.ts'
import { fullFault } from '../store/fault.ts'
import { createMemoryDisk } from '../store/memory.ts'
import { nothingKept } from './browser.ts'
import { lossIn, readMark } from './loss.ts'
import { roomFor } from './need.ts'
import type { Room, StoragePort } from './port.ts'

const rows = { A: confirmed('A', 5, { title: 'pump', hours: 2 }) }

/** A machine whose room and mark are in the test's hands. */
const machine = (
  room: Room = { used: 0, quota: 1e9 },
): StoragePort & { room: Room; mark: string | undefined; asked: number } => {
  const port = {
    room,
    mark: undefined as string | undefined,
    asked: 0,
    estimate: async () => port.room,
    persist: async () => {
      port.asked++
      return true
    },
    readMark: () => port.mark,
    writeMark: (text: string | undefined) => {
      port.mark = text
    },
  }
  return port
}

describe('loss of the store', () => {
  it('is noticed at the next opening, told with what was unsent, and stays an error until it is acknowledged', async () => {
    const storage = machine()
    const script = await openScript(undefined, undefined, { storage })
    await script.greet(rows)
    script.device.disconnect()
    await script.device.table('task').update('A', { hours: 3 })
    await script.device.table('task').create({ title: 'new' })
    await script.pass(1_000)
    const seen = script.relayTime()
    // The browser removes the database and not the mark.
    const next = await openScript(createMemoryDisk(), undefined, { storage, after: 5_000 })
    expect(next.device.storage.current.lost).toEqual({ unsent: 2, seen })
    expect(next.device.status.current).toMatchObject({
      state: 'error',
      description: expect.stringMatching(/removed by the browser; 2 unsent changes may be lost/),
    })
    next.disk.crash()
    const again = await openScript(next.disk, undefined, { storage, after: 9_000 })
    expect(again.device.storage.current.lost).toEqual({ unsent: 2, seen })
    again.device.storage.acknowledge()
    expect(again.device.storage.current.lost).toBeUndefined()
    again.disk.crash()
    expect((await openScript(again.disk, undefined, { storage })).device.storage.current.lost).toBeUndefined()
  })

  it('is none after a reset or a sign-out, at a first opening, or where something else wrote the mark', async () => {
    const storage = machine()
    const script = await openScript(undefined, undefined, { storage })
    expect(script.device.storage.current.lost).toBeUndefined()
    await script.greet(rows)
    await script.device.table('task').update('A', { hours: 3 })
    await expect(script.device.signOut()).rejects.toMatchObject({ code: 'unsent' })
    expect(readMark(storage.mark)).toMatchObject({ device: script.device.id, unsent: 1 })
    await script.device.signOut({ unsent: 'discard' })
    const next = await openScript(script.disk, undefined, { storage, after: 5 })
    expect(next.device.storage.current.lost).toBeUndefined()
    for (const text of ['', 'null', '7', '{"device":1}', '{']) expect(readMark(text)).toBeUndefined()
  })

  it('costs no device: a port of an app that throws is reported, and everything else goes on', async () => {
    const failing = machine()
    failing.writeMark = () => {
      throw new Error('no place')
    }
    const bugs: unknown[] = []
    const script = await openScript(undefined, undefined, { storage: failing, report: error => bugs.push(error) })
    await script.greet(rows)
    await script.device.table('task').update('A', { hours: 3 })
    await script.pass(1_000)
    await script.device.signOut({ unsent: 'discard' })
    expect(new Set(bugs.map(String))).toEqual(new Set(['Error: no place']))
  })

  it('adds up where a store is lost again before anybody was told', () => {
    const lost = { unsent: 2, seen: 100 }
    expect(lossIn({ device: 'a', unsent: 3, at: 200, lost }, 'b')).toEqual({ unsent: 5, seen: 200 })
    expect(lossIn({ device: 'a', unsent: 3, at: 200, lost }, 'a')).toEqual(lost)
    expect(lossIn({ device: 'a', unsent: 3, at: 200 }, 'a')).toBeUndefined()
    expect(lossIn(undefined, 'a')).toBeUndefined()
  })
})

it('a save that found no room is told to everybody until something is saved again, and nothing of it is there', async () => {
  let full = false
  const script = await openScript(undefined, store => ({
    ...store,
    commit: (changes, durability) => (full ? Promise.reject(fullFault()) : store.commit(changes, durability)),
  }))
  await script.greet(rows)
  const tasks = script.device.table('task')
  full = true
  await expect(tasks.update('A', { hours: 9 })).rejects.toMatchObject({ code: 'full' })
  expect(tasks.get('A')).toMatchObject({ hours: 2 })
  expect(script.device.outbox.current).toEqual([])
  expect(script.device.status.current).toMatchObject({
    state: 'error',
    causes: [{ code: 'full', at: 'store', message: expect.stringMatching(/nothing was saved/) }],
  })
  full = false
  await tasks.update('A', { hours: 9 })
  expect(script.device.status.current.state).toBe('pending')
  expect(script.device.statusPage.current.lastError).toMatchObject({ fault: { code: 'full' }, over: true })
})

it('a store that ends with the page is a warning that stays, also when everything is sent', async () => {
  const script = await openScript(undefined, undefined, { storage: nothingKept })
  await script.greet(rows)
  expect(script.device.storage.current.durability).toBe('none')
  expect(script.device.status.current).toMatchObject({ state: 'warning', causes: [{ code: 'not-kept' }] })
})

describe('room', () => {
  it('[FS7] is checked before rows are taken: the fault names the table and the count, and nothing was stored', async () => {
    const storage = machine({ used: 99_500, quota: 100_000 })
    const script = await openScript(undefined, undefined, { storage })
    await script.greet(rows)
    expect(script.device.ready).toBe(false)
    expect(await script.store.scan('page')).toEqual([])
    expect(script.device.status.current).toMatchObject({
      state: 'error',
      description: expect.stringMatching(/1 rows, about 1 MB.*table task: 1 rows/),
    })
    expect(script.device.link.current.state).toBe('offline')
    storage.room = { used: 10_000, quota: 100_000 }
    await script.pass(30_000)
    await script.greet(rows)
    expect(script.device.ready).toBe(true)
    expect(script.device.status.current.state).toBe('connected')
  })

  it('[FS7] rows are weighed by those that are here; a machine that says nothing refuses nothing', () => {
    const plan = {
      tables: [
        { table: 'a', rows: 100 },
        { table: 'b', rows: 900 },
      ],
    }
    const held = { rows: 10, bytes: 20_000 }
    expect(roomFor(plan, held, { used: 0, quota: 2_000_000 })).toBeUndefined()
    expect(roomFor(plan, held, { used: 1, quota: 2_000_000 })?.message).toMatch(/1000 rows, about 2 MB.*table b: 900/)
    expect(roomFor(plan, { rows: 0, bytes: 0 }, { used: 0, quota: 800_000 })).toBeUndefined()
    expect(roomFor(plan, { rows: 0, bytes: 0 }, { used: 0, quota: 799_999 })?.code).toBe('full')
    expect(roomFor(plan, held, undefined)).toBeUndefined()
  })

  it('[ST4] the status page tells of files: what the app says it keeps beside the store, and none where it keeps none', async () => {
    const page = async (storage?: StoragePort): Promise<unknown> => {
      const script = await openScript(undefined, undefined, { storage })
      await script.greet(rows)
      return script.device.statusPage.current.files
    }
    expect(await page()).toEqual({ count: 0, bytes: 0 })
    expect(await page(machine())).toEqual({ count: 0, bytes: 0 })
    expect(await page({ ...machine(), files: async () => ({ count: 3 }) }), 'bytes nobody knows').toEqual({ count: 3 })
    let kept = { count: 1, bytes: 500 }
    const script = await openScript(undefined, undefined, { storage: { ...machine(), files: async () => kept } })
    await script.greet(rows)
    expect(script.device.statusPage.current.files).toEqual({ count: 1, bytes: 500 })
    kept = { count: 0, bytes: 0 }
    await script.lose()
    await script.pass(60_000)
    await script.greetNow(rows)
    expect(script.device.statusPage.current.files).toEqual({ count: 0, bytes: 0 })
  })

  it('is asked to be kept when something is downloaded, measured after each pass, and a warning from 70 %', async () => {
    const storage = machine({ used: 100, quota: 100_000 })
    const script = await openScript(undefined, undefined, { storage })
    expect(storage.asked).toBe(0)
    await script.greet(rows)
    expect(storage.asked).toBe(1)
    expect(script.device.storage.current).toEqual({ persisted: true, room: storage.room })
    storage.room = { used: 70_000, quota: 100_000 }
    await script.lose()
    await script.pass(30_000)
    await script.greet(rows)
    expect(script.device.statusPage.current.storage.room).toEqual(storage.room)
    expect(script.device.status.current).toMatchObject({ state: 'warning', causes: [{ code: 'nearly-full' }] })
  })
})
