import { describe, expect, test } from 'vitest'
import type { Result } from '../fault.ts'
import { compileSchema } from './compile.ts'
import { checkRow, fieldsToRow, saysTheSame } from './rows.ts'
import type { Fields, Table } from './schema.ts'

const schema = compileSchema({
  tables: [
    {
      name: 'visit',
      ownership: 'none',
      primaryKey: 'visitid',
      primaryName: 'title',
      columns: [
        { name: 'visitid', type: 'guid', required: true },
        { id: 'subject', name: 'title', type: 'string', required: true },
        { name: 'begin', type: 'datetime' },
        { name: 'tags', type: 'choices', required: true, choices: [{ value: 1, label: 'One' }] },
        { name: 'report', type: 'document' },
      ],
    },
  ],
})
if (!schema.ok) throw new Error('the schema of this test is wrong')
const visit = schema.value.tables.get('visit') as Table

const places = (result: Result<Fields>): string[] =>
  result.ok ? [] : result.faults.map(fault => `${fault.code} ${fault.at}`)

describe('a written row', () => {
  test('becomes fields by column id in stored form; nulls of a create are left out', () => {
    const row = { visitid: 'v1', title: 'Pump', begin: '2024-01-01T08:00Z', tags: [1] }
    const fields = { subject: 'Pump', begin: '2024-01-01T08:00:00.000Z', tags: [1] }
    expect(checkRow(visit, row, { create: true })).toEqual({ ok: true, value: fields })
    expect(checkRow(visit, { ...row, begin: null }, { create: true })).toEqual({
      ok: true,
      value: { subject: 'Pump', tags: [1] },
    })
  })

  test('of an update keeps its nulls, which clear columns', () => {
    expect(checkRow(visit, { begin: null }, { create: false })).toEqual({ ok: true, value: { begin: null } })
  })

  test('[LW5] with unknown columns, wrong types and missing values is refused with every column named', () => {
    const row = { visitid: 'a/b', colour: 'red', begin: 'soon', toString: 1 }
    expect(places(checkRow(visit, row, { create: true })).toSorted()).toEqual([
      'invalid table visit, column begin',
      'invalid table visit, column visitid',
      'required table visit, column tags',
      'required table visit, column title',
      'unknown-column table visit, column colour',
      'unknown-column table visit, column toString',
    ])
  })

  test('[LW5] cannot clear a required column, nor create it empty', () => {
    expect(places(checkRow(visit, { title: null }, { create: false }))).toEqual(['required table visit, column title'])
    expect(places(checkRow(visit, { title: 'x', tags: [] }, { create: true }))).toEqual([
      'required table visit, column tags',
    ])
  })

  test('names a wrong required column once', () => {
    expect(places(checkRow(visit, { title: 5, tags: [1] }, { create: true }))).toEqual([
      'invalid table visit, column title',
    ])
  })

  test('cannot write a document column or change the primary key', () => {
    expect(places(checkRow(visit, { report: 'text', visitid: 'v2' }, { create: false }))).toEqual([
      'invalid table visit, column report',
      'primary-key table visit, column visitid',
    ])
  })
})

test("the app's row has every column by name, null where nothing is held, and no documents", () => {
  expect(fieldsToRow(visit, 'v1', { subject: 'Pump' })).toEqual({
    visitid: 'v1',
    title: 'Pump',
    begin: null,
    tags: null,
  })
})

test('a row says the same as its record exactly while making it again would give an equal row', () => {
  const record = { subject: 'Pump', tags: [1, 2] }
  const row = fieldsToRow(visit, 'v1', record)
  const others: Fields[] = [
    { ...record },
    { subject: 'Pump', tags: [1, 2], begin: null },
    { subject: 'Pump', tags: [1, 2], report: 'is no part of it' },
    { subject: 'Pump' },
    { subject: 'pump', tags: [1, 2] },
    { subject: 'Pump', tags: [2, 1] },
    { subject: 'Pump', tags: [1, 2], begin: '2024-01-01T08:00:00.000Z' },
  ]
  for (const fields of others) {
    const again = JSON.stringify(fieldsToRow(visit, 'v1', fields))
    expect(saysTheSame(visit, row, fields), again).toBe(again === JSON.stringify(row))
  }
  expect(others.map(fields => saysTheSame(visit, row, fields))).toEqual([true, true, true, false, false, false, false])
})
