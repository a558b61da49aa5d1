import { describe, expect, test } from 'vitest'
import type { Person } from '../../profile/person.ts'
import { compileSchema } from '../../schema/compile.ts'
import type { Filter } from '../filter.ts'
import { dependenceOf } from '../walk.ts'
import { compileFilter } from './compile.ts'
import { indexRows, type Row } from './rows.ts'

const table = (name: string, ...columns: string[]): unknown => ({
  name,
  ownership: 'user',
  primaryKey: 'id',
  primaryName: 'name',
  columns: [
    { name: 'id', type: 'guid' },
    { name: 'name', type: 'string' },
    { name: 'language', type: 'integer' },
    { name: 'tags', type: 'choices', choices: [1, 2, 3].map(value => ({ value, label: 'x' })) },
    { name: 'ownerid', type: 'lookup', target: 'user', external: true },
    ...columns.map(column => ({ name: column, type: 'lookup', target: column })),
  ],
})
const compiled = compileSchema({
  tables: [table('account'), table('order', 'account'), table('booking', 'order')],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const row = (id: string, fields: Row['fields'] = {}): Row => ({ id, fields })
const data = new Map([
  ['account', [row('a1', { name: 'Pump Ltd' }), row('a2', { name: 'Valve Inc' }), row('a3')]],
  ['order', [row('o1', { account: 'a1', ownerid: 'ann' }), row('o2', { account: 'a2', ownerid: 'bob' }), row('o3')]],
  ['booking', [row('b1', { order: 'o1', ownerid: 'ann' }), row('b2', { order: 'o2', ownerid: 'ann' }), row('b3', { order: 'o9' })]],
]) // prettier-ignore
const rows = indexRows(schema, data)
const ann: Person = { id: 'ann', name: 'Ann', teams: ['red'], roles: [], unit: 'west', language: 1031, below: { people: ['bob', 'cid'], teams: ['blue'] } } // prettier-ignore
const selected = (from: string, filter: Filter, person = ann): string[] => {
  const matches = compileFilter(schema, from, filter, { person, now: 0 }, rows)
  return (data.get(from) ?? []).filter(({ id, fields }) => matches(fields, id)).map(({ id }) => id)
}
const mine: Filter = { column: 'ownerid', op: 'eq-userid' }

describe('[FI8] links', () => {
  const cases: readonly [string, string, Filter, string[]][] = [
    ['to rows that point here', 'order', { link: 'any', table: 'booking', from: 'order', to: 'id' }, ['o1', 'o2']],
    ['to no such row', 'order', { link: 'not any', table: 'booking', from: 'order', to: 'id' }, ['o3']],
    ['to the row pointed at', 'booking', { link: 'any', table: 'order', from: 'id', to: 'order' }, ['b1', 'b2']],
    ['from null or to nothing', 'booking', { link: 'not any', table: 'order', from: 'id', to: 'order' }, ['b3']],
    ['with a filter', 'order', { link: 'any', table: 'account', from: 'id', to: 'account', where: { column: 'name', op: 'begins-with', value: 'PUMP' } }, ['o1']],
    ['to no row that a filter selects', 'order', { link: 'not any', table: 'account', from: 'id', to: 'account', where: { column: 'name', op: 'begins-with', value: 'PUMP' } }, ['o2', 'o3']],
    ['by a column both have', 'order', { link: 'any', table: 'booking', from: 'ownerid', to: 'ownerid' }, ['o1']],
    ['nested', 'booking', { link: 'any', table: 'order', from: 'id', to: 'order', where: { link: 'any', table: 'account', from: 'id', to: 'account', where: { column: 'name', op: 'like', value: '%inc' } } }, ['b2']],
    ['nested against', 'booking', { link: 'any', table: 'order', from: 'id', to: 'order', where: { link: 'not any', table: 'account', from: 'id', to: 'account', where: { column: 'name', op: 'like', value: '%inc' } } }, ['b1']],
  ] // prettier-ignore
  test.each(cases)('%s', (_, from, filter, ids) => {
    expect(selected(from, filter)).toEqual(ids)
  })

  test('[FI7] are how a filter says AND of the table and a related one', () => {
    const order: Filter = { link: 'any', table: 'order', from: 'id', to: 'order', where: mine }
    expect(selected('booking', { all: [mine, order] })).toEqual(['b1'])
    expect(selected('booking', { any: [mine, order] })).toEqual(['b1', 'b2'])
  })

  test('need rows to look at, and known columns', () => {
    const link: Filter = { link: 'any', table: 'order', from: 'id', to: 'order' }
    expect(() => compileFilter(schema, 'booking', link, { person: ann, now: 0 })).toThrow('links to order')
    expect(() => indexRows(schema, data).where('order', 'colour', 'x')).toThrow('order.colour')
  })
})

describe('[FI2] operators of the user', () => {
  const owners = ['ann', 'bob', 'cid', 'dan', 'red', 'blue', 'west']
  const holds = (op: string, person: Person): string[] =>
    owners.filter(ownerid =>
      compileFilter(schema, 'order', { column: 'ownerid', op } as Filter, { person, now: 0 })({ ownerid }, 'x'),
    )
  const { below: _, unit: __, language: ___, ...alone } = ann
  const cases: readonly [string, string[], string[]][] = [
    ['eq-userid', ['ann'], ['ann']],
    ['ne-userid', ['bob', 'cid', 'dan', 'red', 'blue', 'west'], ['bob', 'cid', 'dan', 'red', 'blue', 'west']],
    ['eq-userteams', ['red'], ['red']],
    ['eq-useroruserteams', ['ann', 'red'], ['ann', 'red']],
    ['eq-useroruserhierarchy', ['ann', 'bob', 'cid'], ['ann']],
    ['eq-useroruserhierarchyandteams', ['ann', 'bob', 'cid', 'red', 'blue'], ['ann', 'red']],
    ['eq-businessid', ['west'], []],
    ['ne-businessid', ['ann', 'bob', 'cid', 'dan', 'red', 'blue'], owners],
  ]
  test.each(cases)('%s', (op, whole, aloneHolds) => {
    expect(holds(op, ann)).toEqual(whole)
    expect(holds(op, alone)).toEqual(aloneHolds)
  })

  test('eq-userlanguage, in the spelling of the column', () => {
    const speaks = (column: string, value: string | number, language?: string | number): boolean =>
      compileFilter(schema, 'order', { column, op: 'eq-userlanguage' } as Filter, {
        person: language === undefined ? alone : { ...alone, language },
        now: 0,
      })({ [column]: value }, 'x')
    expect([speaks('language', 1031, 1031), speaks('language', 1033, 1031), speaks('language', 1031)]).toEqual([true, false, false]) // prettier-ignore
    expect([speaks('name', 'DE', 'de'), speaks('name', '1031', 1031), speaks('language', 1031, '1031')]).toEqual([true, false, false]) // prettier-ignore
  })
})

test('[FI1] between has both its ends, contain-values any of its values', () => {
  const holds = (filter: unknown, fields: Row['fields']): boolean =>
    compileFilter(schema, 'order', filter as Filter, { person: ann, now: 0 })(fields, 'x')
  const between = { column: 'language', op: 'between', value: [1, 3] }
  expect([0, 1, 3, 4].map(language => holds(between, { language }))).toEqual([false, true, true, false])
  expect(holds({ ...between, value: [3, 1] }, { language: 2 })).toBe(false)
  expect([{}, { language: 0 }].map(fields => holds({ ...between, op: 'not-between' }, fields))).toEqual([true, true])
  const tags = { column: 'tags', op: 'contain-values', value: [1, 2] }
  expect([[1], [2, 3], [3]].map(each => holds(tags, { tags: each }))).toEqual([true, true, false])
  expect([holds(tags, {}), holds({ ...tags, value: [] }, { tags: [1] })]).toEqual([false, false])
})

test('a filter tells what besides the row decides', () => {
  const link: Filter = { link: 'any', table: 'order', from: 'id', to: 'order', where: { all: [mine] } }
  expect(dependenceOf('booking', link)).toEqual({ clock: false, person: true, tables: new Set(['order']) })
  expect(dependenceOf('order', { column: 'name', op: 'null' })).toEqual({
    clock: false,
    person: false,
    tables: new Set(),
  })
  const today = { column: 'x', op: 'today' } as const
  expect(dependenceOf('order', { any: [today] })).toMatchObject({ clock: true, person: true })
  expect(dependenceOf('order', { column: 'x', op: 'on', value: '2024-01-01' })).toMatchObject({
    clock: false,
    person: true,
  })
})
