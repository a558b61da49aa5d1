import { describe, expect, it } from 'vitest'
import type { Where } from './query.ts'
import { type Given, openRelated } from './related.fixture.ts'

const given: Given = {
  customer: { C1: { name: 'Acme' }, C2: { name: 'Bell' } },
  workorder: {
    W1: { title: 'pump', status: 1, hours: 2, customerid: 'C1' },
    W2: { title: 'Valve', status: 2, hours: 5, customerid: 'C2' },
    W3: { title: 'pipe', status: 1 },
  },
  booking: { B1: { workorder: 'W1', state: 'open' }, B2: { workorder: 'W2', state: 'done' } },
}

const booked = { link: 'any', table: 'booking', from: 'workorder', to: 'workorderid' } as const

const cases: readonly [string, Where, string][] = [
  ['no condition', {}, 'W1,W2,W3'],
  ['no condition of a group', { all: [] }, 'W1,W2,W3'],
  ['any of nothing', { any: [] }, ''],
  ['undefined, as no condition', { status: undefined } as never, 'W1,W2,W3'],
  ['conditions by column', { status: 1, hours: { ge: 1, lt: 3 } }, 'W1'],
  ['one of several', { any: [{ title: 'PUMP' }, { hours: { gt: 4 } }] }, 'W1,W2'],
  ['groups in groups', { all: [{ status: 1 }, { any: [{ hours: null }, { title: 'valve' }] }] }, 'W3'],
  ['a filter as profiles have it', { any: [{ column: 'title', op: 'like', value: '%p%' }, { column: 'hours', op: 'eq', value: 5 }] }, 'W1,W2,W3'],
  ['a single condition of one', { column: 'hours', op: 'not-null' }, 'W1,W2'],
  ['a link', booked, 'W1,W2'],
  ['a link with conditions by column', { ...booked, where: { state: 'OPEN' } }, 'W1'],
  ['no link', { ...booked, link: 'not any' }, 'W3'],
  ['a link among others', { any: [{ ...booked, where: { state: 'done' } }, { title: 'pipe' }] }, 'W2,W3'],
  ['a link to what a lookup leads to', { link: 'any', table: 'customer', from: 'customerid', to: 'customerid', where: { name: 'bell' } }, 'W2'],
] // prettier-ignore

describe('conditions', () => {
  it.each(cases)('may be %s', async (_, where, ids) => {
    const { device } = await openRelated(given)
    const { current } = device.table('workorder').query({ where })
    expect(current.map(({ workorderid }) => workorderid).join()).toBe(ids)
  })

  it('deep inside a group or a link are refused as others are, naming the column', async () => {
    const { device } = await openRelated(given)
    const orders = device.table('workorder')
    for (const where of [{ any: [{ colour: 1 }] }, { all: [{ ...booked, where: { colour: 1 } }] }] as const)
      expect(() => orders.query({ where })).toThrow(
        expect.objectContaining({ code: 'unknown-column', column: 'colour' }),
      )
    expect(() => orders.query({ where: { ...booked, table: 'planet' } })).toThrow('planet')
  })
})

it('[LW9] a live query with a link sees edits of the linked records at once, and is told of no others', async () => {
  const { device } = await openRelated(given)
  const open = device.table('workorder').query({ where: { ...booked, where: { state: 'open' } } })
  const seen = [open.current.map(({ workorderid }) => workorderid).join()]
  open.subscribe(rows => seen.push(rows.map(({ workorderid }) => workorderid).join()))
  const bookings = device.table('booking')
  await bookings.update('B2', { workorder: 'W3' })
  await bookings.create({ workorder: 'W1', state: 'open' })
  expect(seen).toEqual(['W1'])
  await bookings.update('B2', { state: 'open' })
  await bookings.update('B2', { workorder: 'W2' })
  await bookings.delete('B2')
  expect(seen).toEqual(['W1', 'W1,W3', 'W1,W2', 'W1'])
})
