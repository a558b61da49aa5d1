import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Given, openRelated } from './related.fixture.ts'

const given: Given = {
  region: { R1: { name: 'north' }, R2: { name: 'south' } },
  customer: { C1: { name: 'Acme', region: 'R1' }, C2: { name: 'Bell', region: 'R2' } },
  workorder: {
    W1: { title: 'pump', customerid: 'C1', about: 'R2' },
    W2: { title: 'valve', customerid: 'C2', parent: 'W1', about: 'C1' },
    W3: { title: 'pipe', parent: 'W1' },
    W4: { title: 'lost', customerid: 'C9' },
  },
  booking: {
    B1: { workorder: 'W1', begin: '2023-11-15T10:00:00.000Z', state: 'open' },
    B2: { workorder: 'W1', begin: '2023-11-14T10:00:00.000Z', state: 'open' },
    B3: { workorder: 'W2', begin: '2023-11-13T10:00:00.000Z', state: 'done' },
  },
}

describe('the row a lookup leads to', () => {
  it('lies beside the columns, typed by the schema', async () => {
    const { device } = await openRelated(given)
    const { current } = device.table('workorder').query({ include: { customer: 'customerid' } })
    expect(current.map(({ customer }) => customer?.name ?? null)).toEqual(['Acme', 'Bell', null, null])
    expect(current[0]).toMatchObject({
      workorderid: 'W1',
      customerid: 'C1',
      customer: { customerid: 'C1', region: 'R1' },
    })
    expectTypeOf(current[0]!.customer).toEqualTypeOf<{
      readonly customerid: string
      readonly name: string
      readonly region: string | null
    } | null>()
    expectTypeOf(current[0]!.hours).toEqualTypeOf<number | null>()
  })

  it('is null where the record is not on this device, and `missing` says why', async () => {
    const { device, gone } = await openRelated(given)
    const orders = device.table('workorder').query({ where: { title: 'pump' }, include: { customer: 'customerid' } })
    expect(orders.current[0]!.customer).not.toBeNull()
    await gone('customer', 'C1', 'left')
    const [{ customerid, customer } = { customerid: null, customer: undefined }] = orders.current
    expect([customerid, customer]).toEqual(['C1', null])
    expect(device.table('customer').missing(customerid!)).toBe('left')
  })

  it('brings its own includes', async () => {
    const { device } = await openRelated(given)
    const bookings = device.table('booking').query({
      include: {
        order: { lookup: 'workorder', include: { customer: { lookup: 'customerid', include: { area: 'region' } } } },
      },
    })
    expect(bookings.current.map(({ order }) => order?.customer?.area?.name)).toEqual(['north', 'north', 'south'])
  })

  it('is of any of the tables a lookup may lead to', async () => {
    const { device } = await openRelated(given)
    const { current } = device.table('workorder').query({ include: { subject: 'about' }, limit: 2 })
    expect(current.map(({ subject }) => subject)).toEqual([
      { regionid: 'R2', name: 'south' },
      { customerid: 'C1', name: 'Acme', region: 'R1' },
    ])
  })
})

describe('the rows that lead here', () => {
  it('come as a query of their own, typed by the schema', async () => {
    const { device } = await openRelated(given)
    const { current } = device.table('workorder').query({
      include: {
        bookings: { table: 'booking', lookup: 'workorder', orderBy: 'begin' },
        open: { table: 'booking', lookup: 'workorder', where: { state: 'OPEN' }, orderBy: ['begin', 'desc'], limit: 1 },
        parts: { table: 'workorder', lookup: 'parent', include: { customer: 'customerid' } },
      },
    })
    expect(current.map(({ bookings }) => bookings.map(({ bookingid }) => bookingid))).toEqual([
      ['B2', 'B1'],
      ['B3'],
      [],
      [],
    ])
    expect(current.map(({ open }) => open.map(({ bookingid }) => bookingid))).toEqual([['B1'], [], [], []])
    expect(current[0]!.parts.map(({ title, customer }) => [title, customer?.name])).toEqual([
      ['valve', 'Bell'],
      ['pipe', undefined],
    ])
    expectTypeOf(current[0]!.bookings[0]!.state).toEqualTypeOf<string | null>()
  })
})

describe('[LW9] a live query with includes', () => {
  const opened = async () => {
    const related = await openRelated(given)
    const query = related.device.table('workorder').query({
      where: { title: { ne: 'lost' } },
      include: {
        customer: { lookup: 'customerid', include: { area: 'region' } },
        bookings: { table: 'booking', lookup: 'workorder', where: { state: 'open' }, orderBy: 'begin', limit: 1 },
      },
    })
    const seen = [query.current]
    query.subscribe(rows => seen.push(rows))
    return { ...related, device: related.device, query, seen }
  }

  it('is told when an included row changes, two lookups away too, and only the rows that show it are others', async () => {
    const { device, seen } = await opened()
    await device.table('customer').update('C1', { name: 'Acme Ltd' })
    await device.table('region').update('R2', { name: 'far south' })
    expect(seen.map(rows => rows.map(({ customer }) => [customer?.name, customer?.area?.name]))).toEqual([
      [['Acme', 'north'], ['Bell', 'south'], [undefined, undefined]],
      [['Acme Ltd', 'north'], ['Bell', 'south'], [undefined, undefined]],
      [['Acme Ltd', 'north'], ['Bell', 'far south'], [undefined, undefined]],
    ]) // prettier-ignore
    expect(seen[1]![1]).toBe(seen[0]![1])
    expect(seen[1]![0]).not.toBe(seen[0]![0])
    expect(seen[1]![0]!.customer!.area).toBe(seen[0]![0]!.customer!.area)
    expect(seen[1]![0]!.bookings).toBe(seen[0]![0]!.bookings)
    expect(seen[2]![0]).toBe(seen[1]![0])
  })

  it('is not told of related rows that no shown row shows', async () => {
    const { device, seen } = await opened()
    await device.table('customer').create({ name: 'nobody' })
    await device.table('region').create({ name: 'nowhere' })
    await device.table('booking').update('B3', { begin: '2023-11-12T10:00:00.000Z' })
    await device.table('booking').update('B1', { begin: '2023-11-16T10:00:00.000Z' })
    await device.table('workorder').update('W4', { hours: 3 })
    expect(seen).toHaveLength(1)
  })

  it('moves a row from the one it led to before to the one it leads to now', async () => {
    const { device, seen } = await opened()
    await device.table('booking').update('B2', { workorder: 'W3' })
    await device.table('booking').delete('B1')
    await device.table('booking').update('B3', { state: 'open' })
    await device.table('workorder').update('W3', { customerid: 'C2' })
    expect(seen.map(rows => rows.map(({ bookings }) => bookings.map(({ bookingid }) => bookingid).join()))).toEqual([
      ['B2', '', ''],
      ['B1', '', 'B2'],
      ['', '', 'B2'],
      ['', 'B3', 'B2'],
      ['', 'B3', 'B2'],
    ])
    expect(seen.at(-1)![2]!.customer?.area?.name).toBe('south')
  })
})

describe('what cannot be included', () => {
  const refused: readonly [string, Record<string, unknown>, string][] = [
    ['a column as a name', { title: 'customerid' }, 'title is a column of its own'],
    ['what is no lookup', { x: 'title' }, 'title is no lookup'],
    ['a lookup out of the schema', { x: 'owner' }, 'owner leads to no table of the schema'],
    ['a column there is none of', { x: 'colour' }, 'colour is not a column of workorder'],
    ['a table there is none of', { x: { table: 'planet', lookup: 'a' } }, 'there is no table planet'],
    ['rows that lead elsewhere', { x: { table: 'customer', lookup: 'region' } }, 'region does not lead to workorder'],
    [
      'too many levels',
      {
        a: {
          lookup: 'parent',
          include: { b: { lookup: 'parent', include: { c: { lookup: 'parent', include: { d: 'parent' } } } } },
        },
      },
      'includes go 3 levels deep at most',
    ],
  ]
  it.each(refused)('%s is refused, and said', async (_, include, message) => {
    const { device } = await openRelated(given)
    expect(() => device.table('workorder').query({ include: include as never })).toThrow(message)
  })
})

it('what the schema does not lead to does not compile', async () => {
  const orders = (await openRelated(given)).device.table('workorder')
  // @ts-expect-error title is no lookup
  expect(() => orders.query({ include: { x: 'title' } })).toThrow('no lookup')
  // @ts-expect-error owners are out of the schema
  expect(() => orders.query({ include: { x: { lookup: 'owner' } } })).toThrow('no table')
  // @ts-expect-error customers lead to regions
  expect(() => orders.query({ include: { x: { table: 'customer', lookup: 'region' } } })).toThrow('does not lead')
  const query = orders.query({ include: { customer: 'customerid' } })
  // @ts-expect-error a customer has no status
  expect(query.current[0]!.customer?.status).toBeUndefined()
})
