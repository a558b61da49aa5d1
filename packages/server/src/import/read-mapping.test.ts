import { readFileSync } from 'node:fs'
import { compileSchema } from '@rejoin/profile'
import { expect, test } from 'vitest'
import { requestsMappingPath } from '../sample/requests.ts'
import { mappingTable, type Mapping } from './mapping.ts'
import { readMapping } from './read-mapping.ts'

const places = (mapping: unknown): string[] => {
  const read = readMapping(JSON.stringify(mapping), 'm.json')
  return read.ok ? [] : read.faults.map(fault => `${fault.at}: ${fault.message}`)
}
const good: Mapping = {
  table: 'item',
  primaryKey: 'itemid',
  primaryName: 'name',
  key: { column: 'ID' },
  columns: [{ from: 'NAME', to: 'name', type: 'string' }],
}

test('the mapping of the service requests gives a table of 8 to 20 columns that compiles', () => {
  const read = readMapping(readFileSync(requestsMappingPath, 'utf8'), 'requests')
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  const table = mappingTable(read.value)
  expect(table.columns.length).toBeGreaterThanOrEqual(8)
  expect(table.columns.length).toBeLessThanOrEqual(20)
  expect(compileSchema({ tables: [table] }).ok).toBe(true)
})

test('every fault is named at once with its place', () => {
  const mapping = {
    ...good,
    table: '1item',
    timeZone: 'Chicago',
    columns: [
      { from: 'A', to: 'a', type: 'strnig' },
      { from: 'B', to: 'b', type: 'choice' },
      { from: 'C', to: 'b', type: 'integer', format: 'yyyy' },
      { from: 'D', to: 'd', type: 'string', maxlength: 3 },
    ],
  }
  const found = places(mapping)
  expect(found.map(each => each.split(':')[0]).toSorted()).toEqual([
    'm.json, columns[0].type (to a)',
    'm.json, columns[1] (to b)',
    'm.json, columns[2] (to b)',
    'm.json, columns[2] (to b)',
    'm.json, columns[3] (to d)',
    'm.json, table',
    'm.json, timeZone',
  ])
})

test('what only shows in the whole is named too', () => {
  expect(places(good)).toEqual([])
  expect(places({ ...good, primaryName: 'title', primaryKey: 'name', ownership: 'user' })).toHaveLength(3)
  expect(places({ ...good, columns: [...good.columns, { from: 'T', to: 't', type: 'datetime' }] })).toEqual([
    'm.json, timeZone: is needed, because there are datetime columns',
  ])
  expect(places('nonsense')).toHaveLength(1)
  expect(readMapping('{', 'm.json')).toMatchObject({ ok: false, faults: [{ code: 'mapping-json', at: 'm.json' }] })
})

test('a table owned by users gets its owner columns', () => {
  const table = mappingTable({ ...good, ownership: 'user', owner: 'team.north' })
  expect(table.columns.map(column => column.name)).toEqual(['itemid', 'name', 'ownerid', 'owningbusinessunit'])
  expect(compileSchema({ tables: [table] }).ok).toBe(true)
})
