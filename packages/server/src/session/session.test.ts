import { afterEach, expect, test } from 'vitest'
import type { Told } from '../live/live.ts'
import { type Bench, type End, openBench, until } from './core.fixture.ts'
import { limits } from './limits.ts'
import { createMissed } from './missed.ts'

let bench: Bench
afterEach(() => bench.close())

const DEVICE = '00000000000000aa'

/** A device that reads and acknowledges nothing: its window is full of pages. */
const openStuck = async (): Promise<End> => {
  bench = await openBench({ rows: (limits.window + 2) * limits.pageRows })
  const device = bench.connect('ana', DEVICE)
  await until(() => device.of('page').length === limits.window)
  return device
}

test('what a device misses that acknowledges nothing is bounded, and comes from storage when it acknowledges at last', async () => {
  const device = await openStuck()
  const [session] = bench.core.sessions()
  const kept = (): number | undefined =>
    session!.state.phase === 'catching-up' ? session!.state.missed.news.length : undefined
  await bench.write('T000001', 'first')
  expect(kept()).toBe(1)
  // a commit counts for two, with its row
  for (let n = 0; n < limits.missedRows / 2; n++) await bench.write('T000002', `again ${n}`)
  await bench.write('T000003', 'last')
  expect(kept()).toBe(0)
  await device.send({ type: 'stored', pages: limits.window })
  await until(() => device.of('synced').length === 2)
  const last = device.of('changes').flatMap(({ rows }) => rows)
  expect(last.map(({ id }) => id)).toEqual(expect.arrayContaining(['T000001', 'T000002', 'T000003']))
  expect(session!.state.phase).toBe('live')
})

test('a small number of large commits is bounded, too', () => {
  const missed = createMissed()
  const envelope = new Uint8Array(limits.missedBytes / 4)
  const commit = (rev: number): Told => ({
    at: { rev, commit: '' },
    rows: [{ table: 'task', id: 'T', envelope }],
    gone: [],
    unsure: false,
    frame: () => undefined,
  })
  for (let rev = 1; rev <= 4; rev++) missed.add(commit(rev))
  expect([missed.news.length, missed.flooded]).toEqual([4, false])
  missed.add(commit(5))
  expect([missed.news.length, missed.flooded]).toEqual([0, true])
})

test('a device whose full window does not move is asked to come back later; one that moves it stays', async () => {
  const device = await openStuck()
  bench.skip(limits.unmovedFor - 1_000)
  bench.core.tick()
  expect(device.codes).toEqual([])
  await device.send({ type: 'stored', pages: 1 })
  await until(() => device.of('page').length === limits.window + 1)
  bench.skip(limits.unmovedFor - 1_000)
  bench.core.tick()
  expect(device.codes).toEqual([])
  bench.skip(2_000)
  bench.core.tick()
  expect(device.codes).toEqual([1013])
  expect(bench.core.sessions()).toEqual([])
})

test('a device that is up to date and silent is never taken for one that does not acknowledge', async () => {
  bench = await openBench({ rows: 10 })
  const device = bench.connect('ana', DEVICE)
  await until(() => device.of('synced').length === 1)
  bench.skip(limits.unmovedFor * 10)
  bench.core.tick()
  expect(device.codes).toEqual([])
})
