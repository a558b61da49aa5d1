// @vitest-environment happy-dom
import { expect, expectTypeOf, it } from 'vitest'
import { openRelated, type related } from '../table/related.fixture.ts'
import { drawn, watching, within } from './draw.fixture.ts'
import { hooksFor } from './records.ts'

const { useQuery, useCount, useCountBy } = hooksFor<typeof related>()

const given = {
  customer: { C1: { name: 'Acme' }, C2: { name: 'Bell' } },
  workorder: {
    W1: { title: 'pump', status: 1, customerid: 'C1' },
    W2: { title: 'valve', status: 1, customerid: 'C1' },
    W3: { title: 'pipe', status: 2 },
  },
}

it('useQuery with includes is drawn once for each change of what it shows, and never for another', async () => {
  const script = await openRelated(given)
  const { Watch, seen } = watching(() =>
    useQuery('workorder', {
      where: { any: [{ status: 1 }, { title: 'x' }] },
      include: { customer: 'customerid', bookings: { table: 'booking', lookup: 'workorder' } },
    }),
  )
  const page = await drawn(within(script, <Watch />))
  const shown = (): unknown[] => seen.at(-1)!.map(({ customer, bookings }) => [customer?.name, bookings.length])
  expectTypeOf(seen[0]![0]!.customer!.name).toEqualTypeOf<string>()
  expect([seen.length, shown()]).toEqual([1, [['Acme', 0], ['Acme', 0]]]) // prettier-ignore
  const { device } = script

  await page.after(() => device.table('customer').update('C2', { name: 'Bell Ltd' }))
  await page.after(() => device.table('booking').create({ workorder: 'W3' }))
  await page.after(() => device.table('workorder').update('W3', { customerid: 'C2' }))
  expect(seen.length, 'what no row shows').toBe(1)
  await page.after(() => device.table('customer').update('C1', { name: 'Acme Ltd' }))
  expect([seen.length, shown()]).toEqual([2, [['Acme Ltd', 0], ['Acme Ltd', 0]]]) // prettier-ignore
  await page.after(() => device.table('booking').create({ bookingid: 'B1', workorder: 'W2' }))
  expect([seen.length, shown()]).toEqual([3, [['Acme Ltd', 0], ['Acme Ltd', 1]]]) // prettier-ignore
  expect(seen[2]![0], 'the row whose own component may be spared').toBe(seen[1]![0])
})

it('useCount and useCountBy are drawn when they are other numbers, and never otherwise', async () => {
  const script = await openRelated(given)
  const count = watching(() => useCount('workorder', { where: { status: 1 } }))
  const counts = watching(() => [...useCountBy('workorder', 'status')])
  const page = await drawn(within(script, <count.Watch />, <counts.Watch />))
  const orders = script.device.table('workorder')
  await page.after(() => orders.update('W1', { title: 'motor' }))
  expect([count.seen, counts.seen]).toEqual([[2], [[[1, 2], [2, 1]]]]) // prettier-ignore
  await page.after(() => orders.update('W3', { status: 1 }))
  expect([count.seen, counts.seen[1]]).toEqual([[2, 3], [[1, 3]]]) // prettier-ignore
  await page.after(() => orders.create({ status: 2 }))
  expect([count.seen.length, counts.seen.length]).toEqual([2, 3])
})
