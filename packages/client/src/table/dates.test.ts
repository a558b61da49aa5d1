import { expect, it } from 'vitest'
import { openRelated, type Related } from './related.fixture.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

/** The clock stands at 22:13:20 UTC; W1 is due then, W2 a day later. */
const opened = async (): Promise<Related & { readonly iso: (after: number) => string }> => {
  const script = await openRelated()
  const now = script.relayTime()
  const iso = (after: number): string => new Date(now + after).toISOString()
  await script.device.table('workorder').create({ workorderid: 'W1', due: iso(0) })
  await script.device.table('workorder').create({ workorderid: 'W2', due: iso(DAY) })
  return Object.assign(script, { iso })
}

const today = { where: { due: { today: true } } } as const
const ids = (rows: readonly { readonly workorderid: string }[]): string => rows.map(row => row.workorderid).join()

it('[LW9] a live query of today turns over at midnight, by itself', async () => {
  const { device, pass } = await opened()
  const query = device.table('workorder').query(today)
  const told: string[] = []
  query.subscribe(rows => told.push(ids(rows)))
  expect(ids(query.current)).toBe('W1')
  await pass(HOUR)
  expect(told).toEqual([])
  await pass(HOUR)
  expect(told).toEqual(['W2'])
  await pass(DAY)
  expect(told, 'at the next one too').toEqual(['W2', ''])
  expect(ids(query.current)).toBe('')
})

it('[LW9] a live query of today that nobody listens to is of the day it is looked at', async () => {
  const { device, pass } = await opened()
  const query = device.table('workorder').query(today)
  const count = device.table('workorder').count(today)
  expect([ids(query.current), count.current]).toEqual(['W1', 1])
  await pass(12 * HOUR)
  expect([ids(query.current), count.current]).toEqual(['W2', 1])
  query.close()
  await pass(DAY)
  expect([ids(query.current), count.current], 'closed, it stays as it is').toEqual(['W2', 0])
})

it('[LW9] an edit is judged by the moment it is made, not by the one the query was opened at', async () => {
  const { device, pass, iso } = await opened()
  const query = device.table('workorder').query({ where: { due: { 'last-x-hours': 1 } } })
  expect(ids(query.current)).toBe('W1')
  await pass(20_000)
  await device.table('workorder').create({ workorderid: 'W3', due: iso(20_000) })
  expect(ids(query.current)).toBe('W1,W3')
})

it('[LW9] counts, links and includes of today turn over too', async () => {
  const { device, pass, iso } = await opened()
  await device.table('booking').create({ bookingid: 'B1', workorder: 'W1', begin: iso(DAY) })
  const orders = device.table('workorder')
  const link = {
    link: 'any',
    table: 'booking',
    from: 'workorder',
    to: 'workorderid',
    where: { begin: { today: true } },
  } as const
  const count = orders.count(today)
  const linked = orders.count({ where: link })
  const included = orders.query({
    where: { workorderid: 'W1' },
    include: { bookings: { table: 'booking', lookup: 'workorder', where: { begin: { today: true } } } },
  })
  const seen = (): number[] => [count.current, linked.current, included.current[0]!.bookings.length]
  let told = 0
  for (const each of [count, linked, included]) each.subscribe(() => told++)
  expect(seen()).toEqual([1, 0, 0])
  await pass(12 * HOUR)
  expect(seen()).toEqual([1, 1, 1])
  expect(told, 'there is one due today as there was yesterday').toBe(2)
})

it('nothing waits for midnight once nobody listens, or the device is closed', async () => {
  const { device, pass } = await opened()
  const query = device.table('workorder').query(today)
  let told = 0
  const stop = query.subscribe(() => told++)
  expect(ids(query.current)).toBe('W1')
  stop()
  stop()
  await pass(DAY)
  query.subscribe(() => told++)
  expect(ids(query.current)).toBe('W2')
  await device.close()
  await pass(DAY)
  expect(told).toBe(0)
})
