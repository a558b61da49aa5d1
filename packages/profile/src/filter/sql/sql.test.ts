import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Person } from '../../profile/person.ts'
import { compileSchema } from '../../schema/compile.ts'
import type { Filter } from '../filter.ts'
import type { Operand } from '../operand.ts'
import { selectedFrom } from './compile.ts'
import { joined, render, sql, word, type Statement } from './fragment.ts'
import { indexName } from './index-name.ts'
import { createIndexes, indexesFor } from './indexes.ts'
import { foldedFields, postgres } from './postgres.ts'
import { sqlite, sqliteFunctions } from './sqlite.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'none',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { id: 'subject', name: 'title', type: 'string' },
        { name: 'hours', type: 'number' },
        { name: 'begin', type: 'datetime' },
        { name: 'open', type: 'boolean' },
        { name: 'tags', type: 'choices', choices: [{ value: 'x', label: 'x' }] },
        { name: 'owner', type: 'lookup', target: 'user', external: true },
        { name: 'parent', type: 'lookup', target: 'job' },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value
const ann: Person = { id: 'ann', name: 'Ann', teams: [], roles: [] }
const bob: Person = { id: 'bob', name: 'Bob', unit: 'west', teams: ['a', 'b'], roles: [], timeZone: 'Asia/Tokyo', language: 1, below: { people: ['c'], teams: [] } } // prettier-ignore
const dialects = { SQLite: sqlite, PostgreSQL: postgres({ schema: 'rejoin', env: 1 }) }
const statement = (filter: Filter, dialect = sqlite, person = ann, now = 0): Statement =>
  render(selectedFrom(schema, 'job', filter, { person, now }, dialect), dialect.placeholders)

describe.each(Object.entries(dialects))('a filter as %s', (_, dialect) => {
  const hostile = fc.oneof(
    fc.constantFrom("' or 1=1 --", '"; drop table record; --', '$1', '?', "\\'", '/*', "'||(select 1)||'", '${1}'),
    fc.string({ unit: 'grapheme', minLength: 1 }).map(text => `<${text}>`),
  )
  const ops = fc.constantFrom('eq', 'ne', 'gt', 'like', 'not-like', 'begins-with', 'ends-with')

  test('[FI9] has every value as a parameter: its text is the same whatever they are', () => {
    fc.assert(
      fc.property(ops, hostile, fc.array(hostile, { maxLength: 3 }), (op, value, list) => {
        // the beginning and the classes of a pattern choose the form of the statement, so they are held alike
        const form = (each: string): string => (/like|with/.test(op) ? `%${each.replace(/[[\]]/g, '')}` : each)
        const filter = (one: string, many: string[]): Filter => ({
          all: [
            { column: 'title', op: op as 'like', value: form(one) },
            { column: 'title', op: 'in', value: many },
            {
              link: 'any',
              table: 'job',
              from: 'parent',
              to: 'jobid',
              where: { column: 'title', op: 'eq', value: one },
            },
          ],
        })
        const asked = statement(filter(value, list), dialect)
        expect(asked.text).toBe(statement(filter('x', []), dialect).text)
        const holes =
          dialect.placeholders === '?' ? asked.text.split('?').length - 1 : (asked.text.match(/\$\d+/g) ?? []).length
        expect(holes).toBe(asked.values.length)
      }),
    )
  })

  test('[FI2] [FI3] is one statement for every person at every moment', () => {
    const filter: Filter = {
      any: [
        { column: 'owner', op: 'eq-userid' },
        { column: 'owner', op: 'eq-useroruserteams' },
        { column: 'owner', op: 'eq-useroruserhierarchyandteams' },
        { column: 'owner', op: 'ne-businessid' },
        { column: 'title', op: 'eq-userlanguage' },
        { column: 'begin', op: 'next-seven-days' },
        { column: 'begin', op: 'olderthan-x-hours', value: 3 },
        { link: 'not any', table: 'job', from: 'parent', to: 'jobid', where: { column: 'owner', op: 'eq-userid' } },
      ],
    }
    const [first, second] = [statement(filter, dialect, ann, 0), statement(filter, dialect, bob, 1e12)]
    expect(second.text).toBe(first.text)
    expect(second.values).not.toEqual(first.values)
  })

  test('takes nothing for a name that could end one', () => {
    for (const name of ['a"b', "a'b", 'a b', '', '1', 'a;', 'é', '__proto__\n', 'a'.repeat(129)]) {
      expect(() => dialect.isOf(name, 'r'), name).toThrow('is no plain name')
      expect(() => dialect.from(name), name).toThrow('is no plain name')
    }
  })

  test('with 500 conditions and 15 links is still a statement', () => {
    const links: Filter[] = Array.from({ length: 15 }, () => ({
      link: 'any',
      table: 'job',
      from: 'parent',
      to: 'jobid',
    }))
    const conditions: Filter[] = Array.from({ length: 485 }, (_each, index) => ({
      column: 'hours',
      op: 'eq',
      value: index,
    }))
    expect(statement({ any: [...links, ...conditions] }, dialect).values.length).toBeGreaterThanOrEqual(485)
  })
})

test('fragments keep texts and values in step however they are put together', () => {
  const inner = sql`a = ${1} and ${word('b')} = ${'x'}`
  const whole = sql`(${inner}) or ${joined('and', [inner, sql`c`, inner])} or ${null}${2}`
  expect(render(whole, '$')).toEqual({
    text: '(a = $1 and b = $2) or (a = $3 and b = $4 and c and a = $5 and b = $6) or $7$8',
    values: [1, 'x', 1, 'x', 1, 'x', null, 2],
  })
  expect([joined('and', []), joined('or', [])].map(each => render(each, '?').text)).toEqual(['true', 'false'])
})

test('the functions SQLite is given answer null to what is no text', () => {
  const call = Object.fromEntries(sqliteFunctions.map(each => [each.name, each.call]))
  expect([call['rejoin_fold']?.('ÄB'), call['rejoin_fold']?.(5), call['rejoin_fold']?.(null)]).toEqual([
    'äb',
    null,
    null,
  ])
  expect([
    call['rejoin_like']?.('ÄB', 'ä%'),
    call['rejoin_like']?.('x', 'ä%'),
    call['rejoin_like']?.(null, '%'),
  ]).toEqual([1, 0, null])
})

test('the folded copy PostgreSQL keeps has the text of the fields and nothing else', () => {
  expect(foldedFields({ a: 'Äb ', b: 1, c: true, d: ['X'], e: null })).toEqual({ a: 'äb ' })
})

describe('[PR3] publishing learns which indexes a filter needs', () => {
  const eq: Filter = { column: 'title', op: 'eq', value: 'x' }
  const not: Filter = { column: 'hours', op: 'ne', value: 1 }
  const cases: readonly [Filter, string[], string[]][] = [
    [eq, ['job.title'], []],
    [not, [], ['']],
    [{ all: [not, eq] }, ['job.title'], []],
    [{ any: [not, eq] }, ['job.title'], ['any[0]']],
    [{ all: [] }, [], ['']],
    [{ any: [] }, [], []],
    [{ column: 'open', op: 'eq', value: true }, [], ['']],
    [{ column: 'title', op: 'null' }, [], ['']],
    [{ column: 'title', op: 'begins-with', value: 'p' }, ['job.title'], []],
    [{ column: 'title', op: 'ends-with', value: 'p' }, [], ['']],
    [{ column: 'jobid', op: 'in', value: ['a'] }, [], []],
    [{ column: 'begin', op: 'today' }, ['job.begin'], []],
    [{ link: 'any', table: 'job', from: 'parent', to: 'jobid', where: eq }, ['job.parent', 'job.title'], []],
    [{ link: 'any', table: 'job', from: 'jobid', to: 'parent', where: { all: [not] } }, ['job.parent'], ['where.all[0]']],
    [{ link: 'any', table: 'job', from: 'jobid', to: 'parent' }, ['job.parent'], ['']],
    [{ all: [eq, { link: 'not any', table: 'job', from: 'parent', to: 'jobid' }] }, ['job.title', 'job.parent'], []],
  ] // prettier-ignore
  test.each(cases.map(each => [JSON.stringify(each[0]), ...each] as const))('%s', (_, filter, indexes, scans) => {
    const plan = indexesFor(schema, 'job', filter)
    expect(plan.indexes.map(({ table, column }) => `${table}.${column}`)).toEqual(indexes)
    expect(plan.scans).toEqual(scans)
  })

  test('as statements that do nothing the second time', () => {
    const { indexes } = indexesFor(schema, 'job', { any: [eq, { column: 'hours', op: 'gt', value: 1 }] })
    const plain = (text: string): string => text.replace(/_[0-9a-f]{12}"/, '"')
    expect(createIndexes(schema, sqlite, indexes).map(plain)).toEqual([
      `create index if not exists "record_job_subject" on record (rejoin_fold(json_extract(json, '$."subject"'))) where +tbl = 'job'`,
      `create index if not exists "record_job_hours" on record (json_extract(json, '$."hours"') + 0.0) where +tbl = 'job'`,
    ])
    expect(createIndexes(schema, postgres({ schema: 'rejoin' }), indexes).map(plain)).toEqual([
      `create index if not exists "record_job_subject" on rejoin.record (((left(((folded ->> 'subject') collate "C"), 400) collate "C"))) where tbl = 'job'`,
      `create index if not exists "record_job_hours" on rejoin.record (((fields -> 'hours'))) where (tbl = 'job' and jsonb_typeof((fields -> 'hours')) = 'number')`,
    ])
  })

  test('under names no two columns share, short enough for PostgreSQL to keep whole', () => {
    const column = (id: string, type: 'string' | 'number'): Operand => ({
      kind: 'column',
      column: { id, name: id, type },
    })
    const long = 'x'.repeat(128)
    const names = [
      indexName('a_b', column('c', 'string')),
      indexName('a', column('b_c', 'string')),
      indexName('a', column('b_c', 'number')),
      indexName(long, column(`${long.slice(1)}y`, 'string')),
      indexName(long, column(long, 'string')),
    ]
    expect(new Set(names).size).toBe(names.length)
    expect(Math.max(...names.map(name => name.length))).toBeLessThanOrEqual(63)
  })
})
