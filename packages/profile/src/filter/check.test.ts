import { describe, expect, test } from 'vitest'
import { compileSchema } from '../schema/compile.ts'
import { checkFilter } from './check.ts'
import type { Filter } from './filter.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'none',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string', maxLength: 3 },
        { name: 'hours', type: 'integer' },
        { name: 'begin', type: 'datetime' },
        { name: 'open', type: 'boolean' },
        { name: 'owner', type: 'lookup', target: 'user', external: true },
        { name: 'status', type: 'choice', choices: [{ value: 1, label: 'New' }] },
        { name: 'tags', type: 'choices', choices: [{ value: 1, label: 'New' }] },
        { name: 'report', type: 'document' },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value
const faultsOf = (filter: unknown): string[] =>
  checkFilter(schema, 'job', filter).map(({ code, at }) => `${code} ${at.replace('table job, ', '')}`)

const condition: Filter = { column: 'hours', op: 'eq', value: 1 }

describe('a filter without faults', () => {
  const cases: readonly Filter[] = [
    { all: [] },
    { column: 'jobid', op: 'in', value: ['a', 'b'] },
    { column: 'jobid', op: 'eq-userid' },
    { column: 'title', op: 'ge', value: 'longer than the column' },
    { column: 'begin', op: 'lt', value: '2024-01-01T00:00Z' },
    { column: 'tags', op: 'not-null' },
    { column: 'owner', op: 'eq-useroruserteams' },
    { column: 'status', op: 'not-in', value: [1] },
    { all: [{ any: [{ all: [condition] }] }] },
  ]
  test.each(cases.map(filter => [JSON.stringify(filter), filter] as const))('%s', (_, filter) => {
    expect(faultsOf(filter)).toEqual([])
  })
})

describe('a filter is refused with its path for', () => {
  const cases: readonly [string, unknown, string[]][] = [
    [
      'an unknown column',
      { all: [condition, { column: 'x', op: 'null' }] },
      ['unknown-column filter all[1], column x'],
    ],
    ['an unknown operator', { column: 'hours', op: 'is' }, ['unknown-operator filter, column hours']],
    ['text where a number belongs', { column: 'hours', op: 'eq', value: '1' }, ['value filter, column hours']],
    ['a wrong value in a list', { column: 'hours', op: 'in', value: [1, 'x'] }, ['value filter, column hours']],
    ['one value where a list belongs', { column: 'hours', op: 'in', value: 1 }, ['value filter, column hours']],
    ['a comparison with null', { column: 'hours', op: 'eq', value: null }, ['value filter, column hours']],
    ['a comparison with nothing', { column: 'hours', op: 'eq' }, ['value filter, column hours']],
    ['a value too many', { column: 'hours', op: 'null', value: 1 }, ['value filter, column hours']],
    ['a choice there is not', { column: 'status', op: 'eq', value: 2 }, ['value filter, column status']],
    ['a time that is none', { column: 'begin', op: 'eq', value: '2024-01-01' }, ['value filter, column begin']],
    ['an order of ids', { column: 'owner', op: 'gt', value: 'a' }, ['operator filter, column owner']],
    ['an order of truths', { column: 'open', op: 'gt', value: true }, ['operator filter, column open']],
    ['a user in a number', { column: 'hours', op: 'eq-userid' }, ['operator filter, column hours']],
    ['a document', { column: 'report', op: 'null' }, ['operator filter, column report']],
    ['an unknown key', { ...condition, valeu: 1 }, ['shape filter, column hours']],
    ['a group that is two', { all: [], any: [] }, ['shape filter']],
    ['a group that is no list', { any: [{ all: condition }] }, ['shape filter any[0]']],
    ['something else', { all: [7, null, 'x', []] }, [0, 1, 2, 3].map(index => `shape filter all[${index}]`)],
    ['nothing', undefined, ['shape filter']],
  ]
  test.each(cases)('%s', (_, filter, faults) => {
    expect(faultsOf(filter)).toEqual(faults)
  })

  test('[PR9] a fourth group level', () => {
    const three = { all: [{ any: [{ all: [condition] }] }] }
    expect(faultsOf(three)).toEqual([])
    expect(faultsOf({ any: [condition, three] })).toEqual(['too-deep filter any[1].all[0].any[0]'])
  })

  test('[PR9] condition 501, named once', () => {
    const many = (count: number): Filter => ({ any: Array.from({ length: count }, () => condition) })
    expect(faultsOf(many(500))).toEqual([])
    expect(faultsOf(many(501))).toEqual(['too-many-conditions filter any[500]'])
    expect(faultsOf({ all: [many(300), many(300)] })).toEqual(['too-many-conditions filter all[1].any[200]'])
  })

  test('a depth that would exhaust the stack', () => {
    let deep: Filter = condition
    for (let level = 0; level < 100_000; level++) deep = { all: [deep] }
    expect(faultsOf(deep)).toEqual(['too-deep filter all[0].all[0].all[0]'])
  })

  test('an unknown table', () => {
    expect(checkFilter(schema, 'toString', condition).map(fault => fault.code)).toEqual(['unknown-table'])
  })

  test('[FI8] more than 15 links, or a link that joins what holds no ids', () => {
    const link = { link: 'any', table: 'job', from: 'owner', to: 'jobid' }
    expect(faultsOf({ any: Array.from({ length: 15 }, () => link) })).toEqual([])
    expect(faultsOf({ any: Array.from({ length: 20 }, () => link) })).toEqual(['too-many-links filter any[15]'])
    expect(faultsOf({ any: [{ ...link, from: 'title', to: 'colour' }] })).toEqual([
      'operator filter any[0], column title',
      'unknown-column filter any[0], column colour',
    ])
    expect(faultsOf({ ...link, link: 'all' })).toEqual(['shape filter'])
    expect(faultsOf({ ...link, table: 'truck' })).toEqual(['unknown-table filter'])
    expect(faultsOf({ ...link, where: { all: [{ column: 'x', op: 'null' }] } })).toEqual([
      'unknown-column filter where.all[0], column x',
    ])
    expect(faultsOf({ ...link, where: undefined })).toEqual(['shape filter where'])
  })

  test('[PR9] group levels inside a link, which are counted anew and end as well', () => {
    const link = (where: unknown): unknown => ({ link: 'any', table: 'job', from: 'owner', to: 'jobid', where })
    const three = { all: [{ any: [{ all: [condition] }] }] }
    expect(faultsOf({ all: [{ any: [link(three)] }] })).toEqual([])
    expect(faultsOf(link({ any: [three] }))).toEqual(['too-deep filter where.any[0].all[0].any[0]'])
    let deep: unknown = condition
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? link(deep) : { all: [deep] }
    expect(faultsOf(deep).map(fault => fault.split(' ')[0])).toEqual(['too-deep'])
    const links = (levels: number): unknown => link(levels === 1 ? condition : links(levels - 1))
    expect(faultsOf(links(5))).toEqual([])
    expect(faultsOf(links(6))).toEqual(['too-deep filter where.where.where.where.where'])
  })

  test('[PR9] empty groups beyond number', () => {
    expect(faultsOf({ all: Array.from({ length: 1_000_000 }, () => ({ any: [] })) })).toEqual([
      'too-many-conditions filter all[500]',
    ])
  })

  test('10,000 wrong conditions, without 10,000 faults', () => {
    const begin = performance.now()
    const wrong = Array.from({ length: 10_000 }, () => ({ column: 'x', op: 'null' }))
    expect(faultsOf({ any: wrong })).toHaveLength(501)
    expect(performance.now() - begin).toBeLessThan(1_000)
  })

  const more: readonly [string, unknown, string[]][] = [
    ['a list without end', { column: 'hours', op: 'in', value: Array.from({ length: 1001 }, () => 1) }, ['value']],
    ['a pattern without end', { column: 'title', op: 'like', value: '%'.repeat(401) }, ['value']],
    ['a text without end', { column: 'title', op: 'eq', value: 'x'.repeat(4001) }, ['value']],
    ['half a character', { column: 'title', op: 'like', value: '\ud800' }, ['value']],
    ['a NUL', { column: 'title', op: 'like', value: 'a\0' }, ['value']],
    ['a pattern that is none', { column: 'title', op: 'like', value: ['%'] }, ['value']],
    ['a pattern of a number', { column: 'hours', op: 'like', value: '1%' }, ['operator']],
    ['one bound', { column: 'hours', op: 'between', value: [1] }, ['value']],
    ['a bound that is null', { column: 'hours', op: 'between', value: [1, null] }, ['value']],
    ['no day', { column: 'begin', op: 'on', value: '2024-02-30' }, ['value']],
    ['no number of days', { column: 'begin', op: 'last-x-days', value: 0 }, ['value']],
    ['half a day', { column: 'begin', op: 'last-x-days', value: 0.5 }, ['value']],
    ['days beyond number', { column: 'begin', op: 'last-x-days', value: 1e300 }, ['value']],
    ['a choice there is not', { column: 'tags', op: 'contain-values', value: [2] }, ['value']],
    ['a period of a text', { column: 'title', op: 'today' }, ['operator']],
    ['SQL for a column', { column: "title') or 1=1 --", op: 'null' }, ['unknown-column']],
    ['a column of the prototype', { column: '__proto__', op: 'null' }, ['unknown-column']],
    ['an operator of the prototype', { column: 'title', op: 'constructor' }, ['unknown-operator']],
  ]
  test.each(more)('[FI1] [FI3] %s', (_, filter, codes) => {
    expect(faultsOf(filter).map(fault => fault.split(' ')[0])).toEqual(codes)
  })
})
