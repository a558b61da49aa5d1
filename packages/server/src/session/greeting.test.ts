import { afterEach, expect, test } from 'vitest'
import { ONLINE } from '../commit/online.ts'
import { type Bench, openBench, until } from './core.fixture.ts'

let bench: Bench
afterEach(() => bench.close())

test('no device may call itself what online writes are kept under, nor anything but 16 hex digits', async () => {
  bench = await openBench()
  for (const device of [ONLINE, '', 'aa', '00000000000000aabb']) {
    const end = bench.connect('ana', device)
    await until(() => end.codes.length > 0)
    expect([device, end.codes, end.of('welcome')]).toEqual([device, [1007], []])
  }
  expect(await bench.storage.snapshot(view => view.entries('device'))).toEqual([])
  const honest = bench.connect('ana', '00000000000000aa')
  await until(() => honest.of('welcome').length === 1)
})

test('two sessions of one user that connect on different days are told rows by their own day', async () => {
  bench = await openBench({ where: { column: 'due', op: 'today' } })
  const now = '2026-03-10T12:00:00Z'
  const early = bench.connect('ana', '00000000000000a1')
  await until(() => early.of('synced').length === 1)
  bench.skip(24 * 3_600_000)
  const late = bench.connect('ana', '00000000000000a2')
  await until(() => late.of('synced').length === 1)
  const person = bench.core.environment().person('ben')!
  const values = { title: 'due on the first day', due: now }
  await bench.core.committer.submit([
    { from: 'online', id: 'e'.repeat(16), person, kind: 'create', table: 'task', record: 'T1', values },
  ])
  const told = [early, late].map(end => end.of('changes').flatMap(({ rows }) => rows.map(({ id }) => id)))
  expect(told).toEqual([['T1'], []])
})

test('a device that was there before the day changed does not hand its fingerprint to one that comes after', async () => {
  bench = await openBench({ where: { column: 'due', op: 'today' } })
  const person = bench.core.environment().person('ben')!
  const values = { title: 'due on the first day', due: '2026-03-10T12:00:00Z' }
  await bench.core.committer.submit([
    { from: 'online', id: 'e'.repeat(16), person, kind: 'create', table: 'task', record: 'T1', values },
  ])
  const early = bench.connect('ana', '00000000000000a1')
  await until(() => early.of('synced').length === 1)
  bench.skip(24 * 3_600_000)
  const late = bench.connect('ana', '00000000000000a2')
  await until(() => late.of('synced').length === 1)
  expect([early, late].map(end => end.of('synced')[0]!.tables[0]!.rows)).toEqual([1, 0])
})
