import { expect, test } from 'vitest'
import { compileSchema } from '../schema/compile.ts'
import type { Fields } from '../schema/schema.ts'
import { decisive, explainFilter } from './explain.ts'
import type { Filter } from './filter.ts'
import { indexRows } from './memory/rows.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'booking',
      ownership: 'user',
      primaryKey: 'id',
      primaryName: 'name',
      columns: [
        { name: 'id', type: 'guid' },
        { name: 'name', type: 'string' },
        { name: 'begin', type: 'datetime' },
        { name: 'order', type: 'lookup', target: 'order' },
        { name: 'ownerid', type: 'lookup', target: 'user', external: true },
      ],
    },
    {
      name: 'order',
      ownership: 'organization',
      primaryKey: 'id',
      primaryName: 'name',
      columns: [
        { name: 'id', type: 'guid' },
        { name: 'name', type: 'string' },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value
const orders = [
  { id: 'o1', fields: { name: 'Pump' } },
  { id: 'o2', fields: { name: 'Valve' } },
]
const rows = indexRows(schema, new Map([['order', orders]]))
const asking = { person: { id: 'ann', name: 'Ann', teams: [], roles: [] }, now: Date.parse('2026-11-18T09:00:00Z') }
const mine: Filter = { column: 'ownerid', op: 'eq-userid' }
const today: Filter = { column: 'begin', op: 'today' }
const pumps: Filter = { link: 'any', table: 'order', from: 'id', to: 'order', where: { column: 'name', op: 'eq', value: 'pump' } } // prettier-ignore
const explained = (filter: Filter, fields: Fields) =>
  explainFilter(schema, 'booking', filter, asking, { id: 'b1', fields }, rows)
const said = (filter: Filter, fields: Fields): string[] =>
  decisive(explained(filter, fields)).map(({ path, holds }) => `${holds ? '+' : '-'} ${path}`)

test('[PR19] of an all that fails the failing members account for it, of an any that holds those that hold', () => {
  const filter: Filter = { all: [mine, { any: [today, pumps] }] }
  expect(said(filter, { ownerid: 'ann', order: 'o1' })).toEqual(['+ all[0]', '+ all[1].any[1]'])
  expect(said(filter, { ownerid: 'ben', order: 'o1' })).toEqual(['- all[0]'])
  expect(said(filter, { ownerid: 'ben', order: 'o2' })).toEqual(['- all[0]', '- all[1].any[0]', '- all[1].any[1]'])
})

test('[PR19] conditions show the value of the row, and what the user and the clock made of them', () => {
  expect(explained(mine, { ownerid: 'ben' })).toMatchObject({ holds: false, value: 'ben', means: { oneOf: ['ann'] } })
  expect(explained(today, { begin: '2026-11-19T08:00:00.000Z' })).toMatchObject({
    holds: false,
    value: '2026-11-19T08:00:00.000Z',
    means: { from: '2026-11-18T00:00:00.000Z', to: '2026-11-19T00:00:00.000Z' },
  })
  expect(explained({ column: 'name', op: 'null' }, {})).toEqual(
    { kind: 'condition', table: 'booking', path: '', holds: true, condition: { column: 'name', op: 'null' }, value: null }, // prettier-ignore
  )
})

test('[PR19] links show the rows they come to, and why their own filter leaves them out', () => {
  expect(explained(pumps, { order: 'o2' })).toMatchObject({
    holds: false,
    linked: 1,
    rows: [{ id: 'o2', where: { holds: false, value: 'Valve', path: 'where' } }],
  })
  expect(explained(pumps, {})).toMatchObject({ holds: false, linked: 0, rows: [] })
})
