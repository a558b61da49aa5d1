import { root, unpackEnvelope } from '@rejoin/profile'
import { afterEach, expect, test } from 'vitest'
import { type Bench, type End, FILLED, idAt, openBench, until } from './core.fixture.ts'
import { limits } from './limits.ts'

let bench: Bench
afterEach(() => bench.close())

const DEVICE = '00000000000000aa'
const rootQuestion = {
  type: 'compare',
  table: 'task',
  splits: [{ ...root, parts: [] }],
  leaves: [],
} as const
const everything = { type: 'compare', table: 'task', splits: [], leaves: [{ ...root, rows: [] }] } as const

/** A device that holds all of the table, as it says. */
const openHolder = async (rows: number): Promise<End> => {
  bench = await openBench({ rows })
  const at = { rev: rows, commit: FILLED }
  const device = bench.connect('ana', DEVICE, [{ table: 'task', state: 'complete', at, columnSet: '*' }])
  await until(() => device.of('synced').length === 1)
  return device
}

test('comparing gives others their turn after every 1,000 rows it reads, though storage answers at once', async () => {
  const device = await openHolder(20_000)
  const before = bench.reads.length
  let turns = 0
  let counting = true
  const count = (): void => {
    turns++
    if (counting) setImmediate(count)
  }
  setImmediate(count)
  await device.send(rootQuestion)
  counting = false
  const reads = bench.reads.slice(before)
  expect(reads.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000)
  expect(Math.max(...reads.map(({ rows }) => rows))).toBeLessThanOrEqual(1_000)
  // each read came after a pause of its own
  expect(new Set(reads.map(({ pauses }) => pauses)).size).toBe(reads.length)
  expect(turns).toBeGreaterThanOrEqual(20)
})

test('forty questions about one state of a table read its rows once; after a change they are read again', async () => {
  const device = await openHolder(3_000)
  const before = bench.reads.length
  await Promise.all(Array.from({ length: 40 }, () => device.send(rootQuestion)))
  expect(device.of('compared')).toHaveLength(40)
  expect(bench.reads.slice(before).reduce((sum, { rows }) => sum + rows, 0)).toBe(3_000)
  await bench.write('T000001', 'changed')
  await device.send(rootQuestion)
  expect(bench.reads.slice(before).reduce((sum, { rows }) => sum + rows, 0)).toBe(6_000)
  // all 64 parts differ from none, every time
  expect(new Set(device.of('compared').map(({ differing }) => differing.length))).toEqual(new Set([64]))
})

test('a device that asks more questions at once than may wait is ended', async () => {
  const device = await openHolder(3_000)
  await Promise.all(Array.from({ length: limits.comparing + 1 }, () => device.send(rootQuestion)))
  expect(device.codes).toEqual([1008])
})

test('rows that a comparison sends wait for the device to acknowledge, and are sent as they are by then', async () => {
  const pages = limits.window + 2
  const device = await openHolder(pages * limits.pageRows)
  const done = device.send(everything)
  const rows = (): string[] => device.of('changes').flatMap(each => each.rows.map(({ id }) => id))
  await until(() => device.of('changes').length === limits.window)
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(device.of('changes')).toHaveLength(limits.window)
  const waiting = Array.from({ length: pages * limits.pageRows }, (_, n) => idAt(n)).find(id => !rows().includes(id))!
  // told live while it waits to be sent: it may come again, but not as it was
  await bench.write(waiting, 'newer')
  expect(rows().filter(id => id === waiting)).toHaveLength(1)
  await device.send({ type: 'stored', pages: limits.window })
  await done
  expect(device.of('compared')).toHaveLength(1)
  const versions = device.of('changes').flatMap(each => each.rows.filter(({ id }) => id === waiting))
  expect(new Set(versions.map(({ envelope }) => unpackEnvelope(envelope).rev))).toEqual(
    new Set([pages * limits.pageRows + 1]),
  )
  expect(new Set(rows()).size).toBe(pages * limits.pageRows)
})

test('found by the simulator (serverWins, seed 22): a row outside the scope is dropped though it changes meanwhile', async () => {
  bench = await openBench({ rows: 3_000, where: { column: 'title', op: 'eq', value: 'in scope' } })
  const device = bench.connect('ana', DEVICE)
  await until(() => device.of('synced').length === 1)
  const rows = [{ id: idAt(1), rev: 2 }]
  const done = device.send({ ...everything, leaves: [{ ...root, rows }] })
  await bench.write(idAt(1), 'still outside')
  await done
  expect(device.of('changes').flatMap(({ gone }) => gone)).toEqual([{ table: 'task', id: idAt(1), why: 'left' }])
})
