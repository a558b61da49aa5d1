import { checkFilter, compileFilter, compileSchema, type Filter, indexRows, type PlainRow } from '@rejoin/profile'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openRelated, related, type Related } from './related.fixture.ts'

const compiled = compileSchema(related)
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const orders = ['W1', 'W2', 'W3', 'W4', 'W5']
const customers = ['C1', 'C2', 'C3']
const bookings = ['B1', 'B2', 'B3', 'B4']
const id = fc.constantFrom(...orders)
const customer = fc.constantFrom(...customers, 'C9')
const title = fc.constantFrom('pump', 'PUMP', 'pipe', '\u{ff21}', '\u{1f600}')
const hours = fc.integer({ min: -2, max: 3 })

/** Filters of work orders: what indexes answer, what they do not, and what other tables decide. */
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ column: fc.constant('title'), op: fc.constantFrom('eq', 'ne', 'gt', 'le', 'begins-with'), value: title }),
  fc.record({ column: fc.constant('hours'), op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), value: hours }),
  fc.record({ column: fc.constant('hours'), op: fc.constantFrom('in', 'not-in'), value: fc.array(hours, { minLength: 1, maxLength: 3 }) }),
  fc.record({ column: fc.constant('hours'), op: fc.constantFrom('between', 'not-between'), value: fc.tuple(hours, hours) }),
  fc.record({ column: fc.constantFrom('hours', 'title', 'customerid', 'urgent', 'tags'), op: fc.constantFrom('null', 'not-null') }),
  fc.record({ column: fc.constant('customerid'), op: fc.constantFrom('eq', 'ne'), value: customer }),
  fc.record({ column: fc.constant('workorderid'), op: fc.constantFrom('in', 'not-in'), value: fc.array(id, { minLength: 1, maxLength: 3 }) }),
  fc.record({ column: fc.constant('status'), op: fc.constantFrom('eq', 'ge'), value: fc.constantFrom(1, 2) }),
  fc.record({ column: fc.constant('urgent'), op: fc.constantFrom('eq', 'ne'), value: fc.boolean() }),
) as fc.Arbitrary<Filter> // prettier-ignore

const bookingLeaf = fc.record({
  column: fc.constant('state'),
  op: fc.constantFrom('eq', 'ne'),
  value: fc.constantFrom('open', 'done'),
}) as fc.Arbitrary<Filter>

const { filter } = fc.letrec<{ filter: Filter; link: Filter }>(tie => ({
  link: fc.oneof(
    fc.record({
      link: fc.constantFrom('any', 'not any'),
      table: fc.constant('booking'),
      from: fc.constant('workorder'),
      to: fc.constant('workorderid'),
      where: bookingLeaf,
    }),
    fc.record({
      link: fc.constantFrom('any', 'not any'),
      table: fc.constant('customer'),
      from: fc.constant('customerid'),
      to: fc.constant('customerid'),
      where: fc.record({
        link: fc.constantFrom('any', 'not any'),
        table: fc.constant('region'),
        from: fc.constant('regionid'),
        to: fc.constant('region'),
        where: fc.constant({ column: 'name', op: 'eq', value: 'north' } as const),
      }),
    }),
    fc.record({
      link: fc.constant('any'),
      table: fc.constant('workorder'),
      from: fc.constant('parent'),
      to: fc.constant('workorderid'),
      where: leaf,
    }),
  ) as fc.Arbitrary<Filter>,
  filter: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    leaf,
    tie('link'),
    fc.record({ all: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { maxLength: 3 }) }),
  ) as fc.Arbitrary<Filter>,
}))

type Step = (related: Related) => Promise<unknown>

const values = {
  workorder: fc.record(
    {
      title: fc.option(title),
      hours: fc.option(hours),
      status: fc.option(fc.constantFrom(1, 2)),
      urgent: fc.option(fc.boolean()),
      customerid: fc.option(customer),
      parent: fc.option(id),
    },
    { requiredKeys: [] },
  ),
  customer: fc.record({ name: fc.constantFrom('Acme', 'Bell'), region: fc.option(fc.constantFrom('R1', 'R2')) }),
  booking: fc.record({ workorder: fc.option(id), state: fc.constantFrom('open', 'done') }),
}

const stepsOn = (table: keyof typeof values, ids: readonly string[]): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...ids), values[table]).map(([of, given]): Step => async ({ device }) => {
      const api = device.table(table as 'workorder')
      const found = api.get(of)
      return found === undefined
        ? api.create({ [`${table}id`]: of, ...given } as never)
        : api.update(of, given as never)
    }),
    fc.constantFrom(...ids).map(
      (of): Step =>
        ({ device }) =>
          device.table(table).delete(of),
    ),
    fc.constantFrom(...ids).map(
      (of): Step =>
        ({ device }) =>
          device.table(table).undo(of),
    ),
    fc.constantFrom(...ids).map(
      (of): Step =>
        ({ gone }) =>
          gone(table, of, 'left'),
    ),
  )

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: stepsOn('workorder', orders) },
  { weight: 2, arbitrary: stepsOn('booking', bookings) },
  { weight: 1, arbitrary: stepsOn('customer', customers) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('north', 'south').map(
      (name): Step =>
        ({ device }) =>
          device.table('region').update('R1', { name }),
    ),
  },
)

const given = {
  region: { R1: { name: 'north' }, R2: { name: 'south' } },
  customer: { C1: { name: 'Acme', region: 'R1' }, C2: { name: 'Bell', region: 'R2' } },
  workorder: { W1: { title: 'pump', customerid: 'C1', hours: 1 }, W2: { title: 'pipe', parent: 'W1', status: 1 } },
  booking: { B1: { workorder: 'W1', state: 'open' }, B2: { workorder: 'W2', state: 'done' } },
}

/** Everything of a table, by walking it. */
const all = ({ device }: Related, table: 'region' | 'customer' | 'workorder' | 'booking'): readonly PlainRow[] =>
  device.table(table).query().current as readonly PlainRow[]

/** What the filter selects, asked of each row with nothing kept from before. */
const model = (on: Related, where: Filter): readonly PlainRow[] => {
  const rows = new Map(
    related.tables.map(({ name, primaryKey }) => [
      name as string,
      all(on, name).map(row => ({ id: row[primaryKey] as string, fields: row })),
    ]),
  )
  const asking = { person: { id: 'ana', name: 'Ana', teams: [], roles: [] }, now: 0 }
  const matches = compileFilter(schema, 'workorder', where, asking, indexRows(schema, rows))
  return all(on, 'workorder').filter(row => matches(row, row['workorderid'] as string))
}

/** The same with related rows, by looking through all of them. */
const withRelated = (on: Related, rows: readonly PlainRow[]): unknown[] =>
  rows.map(row => {
    const found = all(on, 'customer').find(({ customerid }) => customerid === row['customerid'])
    return {
      ...row,
      customer:
        found === undefined
          ? null
          : { ...found, area: all(on, 'region').find(({ regionid }) => regionid === found['region']) ?? null },
      open: all(on, 'booking').filter(({ workorder, state }) => workorder === row['workorderid'] && state === 'open'),
    }
  })

it('[LW9] whatever changes, queries, includes and counts say what walking all rows says, and keep what says the same', async () => {
  await fc.assert(
    fc.asyncProperty(filter, fc.array(step, { minLength: 1, maxLength: 12 }), async (where, steps) => {
      fc.pre(checkFilter(schema, 'workorder', where).length === 0)
      const on = await openRelated(given)
      const orders = on.device.table('workorder')
      const include = {
        customer: { lookup: 'customerid', include: { area: 'region' } },
        open: { table: 'booking', lookup: 'workorder', where: { state: 'open' } },
      } as const
      const live = orders.query({ where })
      const rich = orders.query({ where, include })
      const count = orders.count({ where })
      const counts = orders.countBy('hours', { where })
      let told = 0
      rich.subscribe(() => told++)
      let before = { rows: live.current, rich: rich.current, counts: counts.current, told }
      for (const run of steps) {
        // Some cannot be done: what is not there is not deleted.
        await run(on).catch(() => {})
        const expected = model(on, where)
        expect(live.current).toEqual(expected)
        expect(orders.query({ where }).current).toEqual(expected)
        expect(rich.current).toEqual(withRelated(on, expected))
        expect(orders.query({ where, include }).current).toEqual(rich.current)
        expect(count.current).toBe(expected.length)
        expect(Object.fromEntries(counts.current)).toEqual(countsOf(expected))
        const now = { rows: live.current, rich: rich.current, counts: counts.current, told }
        const same = (key: 'rows' | 'rich' | 'counts'): boolean => now[key] === before[key]
        expect(same('rows')).toBe(isEqual(before.rows, now.rows))
        expect(same('rich')).toBe(isEqual(before.rich, now.rich))
        expect(same('counts')).toBe(isEqual([...before.counts], [...now.counts]))
        if (same('rich')) expect(told).toBe(before.told)
        before = now
      }
    }),
    { numRuns: 60 },
  )
})

const countsOf = (rows: readonly PlainRow[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { hours } of rows) counts[String(hours)] = (counts[String(hours)] ?? 0) + 1
  return counts
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
