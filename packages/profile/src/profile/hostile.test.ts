import { describe, expect, test } from 'vitest'
import { checkProfile } from './check.ts'
import { fieldService, ladder } from './relations.fixture.ts'

/** ms of this process alone, however busy the machine; done naively most take minutes, or end the process. */
const FAST = 4_000

const refused = (source: unknown, schema = fieldService): string[] => {
  const before = process.cpuUsage()
  const faults = checkProfile(schema, source)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(FAST)
  for (const { at, message } of faults) expect(at.length + message.length).toBeLessThan(1_300)
  return faults.map(({ code, at }) => `${code} ${at}`)
}
const where = (filter: unknown): unknown => ({
  name: 'Field',
  items: [{ table: 'order', filter: { kind: 'custom', where: filter } }],
})
const nested = (levels: number): unknown => {
  let filter: unknown = { column: 'name', op: 'null' }
  for (let level = 0; level < levels; level += 1) filter = { all: [filter] }
  return filter
}
const place = 'profile Field, table order, filter'

describe('a hostile profile is refused with its place, fast:', () => {
  test('[PR9] 10,000 conditions', () => {
    const all = Array.from({ length: 10_000 }, () => ({ column: 'name', op: 'eq', value: 'x' }))
    expect(refused(where({ all }))).toEqual([`too-many-conditions ${place} all[500]`])
  })

  test('[PR9] groups in groups, 4 and 50,000', () => {
    expect(refused(where(nested(3)))).toEqual([])
    expect(refused(where(nested(4)))).toEqual([`too-deep ${place} all[0].all[0].all[0]`])
    expect(refused(where(nested(50_000)))).toEqual([`too-deep ${place} all[0].all[0].all[0]`])
  })

  test('[PR10] unknown columns and tables, and SQL in their place', () => {
    const sql = `name" = '' OR 1=1; DROP TABLE record; --`
    expect(refused(where({ column: sql, op: 'null' }))).toEqual([`unknown-column ${place}, column ${sql}`])
    expect(refused(where({ column: 'name', op: sql, value: '' }))).toEqual([`unknown-operator ${place}, column name`])
    expect(refused(where({ column: 'account', op: 'eq', value: sql }))).toEqual([`value ${place}, column account`])
    expect(refused(where({ column: 'start', op: 'on', value: sql }))).toEqual([`value ${place}, column start`])
    expect(refused({ name: 'Field', items: [{ table: sql, filter: { kind: 'all' }, columns: [sql] }] })).toEqual([
      `unknown-table profile Field, table ${sql}`,
    ])
    // text is text: a value is bound, never spelt into a statement
    expect(refused(where({ column: 'name', op: 'eq', value: sql }))).toEqual([])
  })

  test('patterns that make regular expressions hang are plain text', () => {
    expect(refused(where({ column: 'name', op: 'like', value: `${'(a+)+'.repeat(20)}$` }))).toEqual([])
    expect(refused(where({ column: 'name', op: 'like', value: '%a'.repeat(100_000) }))).toEqual([
      `value ${place}, column name`,
    ])
  })

  test('a ladder with more ways down than there is time, and its counter', () => {
    const items = Array.from({ length: 400 }, (_, index) => ({
      table: `t${index}`,
      filter: { kind: 'related' },
      relationships: index === 0 ? ['t0_a', 't0_b'] : [`t${index - 1}_a`, `t${index - 1}_b`],
    }))
    const codes = refused({ name: 'Ladder', items }, ladder(400))
    expect(codes).toContain('circle profile Ladder, table t1, relationship t0_a')
    expect(codes).toContain('too-many-relationships profile Ladder, table t399')
  })

  test('giant names, many names, names of what every object has', () => {
    const giant = 'x'.repeat(5_000_000)
    expect(refused({ name: giant, items: [] })).toEqual(['shape profile'])
    expect(refused({ name: 'Field', items: [{ table: giant, filter: giant, [giant]: 1 }] })[0]).toMatch(
      /^shape profile Field/,
    )
    expect(
      refused({ name: 'Field', items: [{ table: 'order', filter: { kind: 'all' }, columns: [giant] }] }),
    ).toHaveLength(1)
    const many = Array.from({ length: 50_000 }, (_, index) => `c${index}`)
    const faults = refused({
      name: 'Field',
      items: [{ table: 'order', filter: { kind: 'all' }, columns: many, relationships: many }],
    })
    expect(faults).toHaveLength(1_001)
    expect(faults.at(-1)).toBe('more profile')
    expect(refused({ name: 'Field', items: Array.from({ length: 50_000 }, () => 7) })).toHaveLength(1_001)
    expect(
      refused({ name: 'Field', items: [{ table: 'order', filter: { kind: 'all' }, columns: many.map(() => 7) }] }),
    ).toHaveLength(1_001)
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(refused({ name: 'Field', items: [{ table: name, filter: { kind: 'all' } }] })).toHaveLength(1)
      expect(refused(where({ column: name, op: name }))).toEqual([`unknown-column ${place}, column ${name}`])
    }
  })

  test('10,000 items of one table, each with a filter of its own', () => {
    const items = Array.from({ length: 10_000 }, () => ({
      table: 'order',
      filter: { kind: 'custom', where: { column: 'name', op: 'null' } },
      relationships: ['booking_order'],
      columns: ['id'],
    }))
    expect(refused({ name: 'Field', items })).toHaveLength(1_001)
  })
})
