import { describe, expect, test } from 'vitest'
import { faultText } from '../fault.ts'
import { compileSchema } from './compile.ts'
import type { ColumnSource, Schema, SchemaSource, TableSource } from './schema.ts'

const workorder: TableSource = {
  name: 'workorder',
  ownership: 'user',
  primaryKey: 'workorderid',
  primaryName: 'title',
  columns: [
    { name: 'workorderid', type: 'guid', required: true },
    { name: 'title', type: 'string', maxLength: 100 },
    { name: 'account', type: 'lookup', target: 'account' },
    { name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], external: true },
  ],
}
const account: TableSource = {
  name: 'account',
  ownership: 'organization',
  primaryKey: 'accountid',
  primaryName: 'name',
  columns: [
    { name: 'accountid', type: 'guid' },
    { name: 'name', type: 'string' },
  ],
}
const source: SchemaSource = { tables: [workorder, account] }
const withColumns = (...columns: unknown[]): unknown => ({
  tables: [{ ...workorder, columns: [...workorder.columns, ...columns] }, account],
})

const compiled = (from: unknown): Schema => {
  const result = compileSchema(from)
  if (!result.ok) throw new Error(result.faults.map(faultText).join('\n'))
  return result.value
}
const faultsOf = (from: unknown): string[] => {
  const result = compileSchema(from)
  return result.ok ? [] : result.faults.map(fault => `${fault.at}: ${fault.message}`)
}

describe('a compiled schema', () => {
  test('leaves the primary key out of the columns and finds the rest by name and id', () => {
    const renamed: ColumnSource = { id: 'subject', name: 'heading', type: 'string' }
    const table = compiled(withColumns(renamed)).tables.get('workorder')
    expect(table?.columns.map(column => column.id)).toEqual(['title', 'account', 'ownerid', 'subject'])
    expect(table?.byName.get('heading')?.id).toBe('subject')
    expect(table?.byId.get('subject')?.name).toBe('heading')
    expect(table?.byName.has('workorderid')).toBe(false)
  })

  test('knows owner and unit columns by default or by name', () => {
    expect(compiled(source).tables.get('workorder')?.ownerId).toBe('ownerid')
    const own = {
      ...workorder,
      ownerColumn: 'holder',
      unitColumn: 'unit',
      columns: [
        ...workorder.columns,
        { id: 'h1', name: 'holder', type: 'guid' },
        { id: 'u1', name: 'unit', type: 'lookup', target: 'businessunit', external: true },
      ],
    }
    const table = compiled({ tables: [own, account] }).tables.get('workorder')
    expect([table?.ownerId, table?.unitId]).toEqual(['h1', 'u1'])
    expect(compiled(source).tables.get('account')?.ownerId).toBeUndefined()
  })

  test('counts from version 1 and offers tables offline unless they say no', () => {
    const schema = compiled({ tables: [workorder, { ...account, offline: false }] })
    expect(schema.version).toBe(1)
    expect([...schema.tables.values()].map(table => table.offline)).toEqual([true, false])
  })

  test('lets two columns swap names, since ids stay', () => {
    const swapped = withColumns({ id: 'a', name: 'b', type: 'string' }, { id: 'b', name: 'a', type: 'string' })
    expect(faultsOf(swapped)).toEqual([])
  })
})

describe('a schema is refused with the place of', () => {
  const cases: readonly [what: string, source: unknown, fault: string][] = [
    ['a table twice', { tables: [account, account] }, 'table account: is there twice'],
    ['a column twice', withColumns({ name: 'title', type: 'text' }), 'table workorder, column title: is there twice'],
    [
      'an id twice',
      withColumns({ id: 'title', name: 'other', type: 'text' }),
      'table workorder, column other: the id title is also the id of title',
    ],
    [
      'an unknown lookup target',
      withColumns({ name: 'x', type: 'lookup', target: 'nowhere' }),
      'table workorder, column x: points to the unknown table nowhere',
    ],
    [
      'a lookup to nothing',
      withColumns({ name: 'x', type: 'lookup' }),
      'table workorder, column x: a lookup needs the table it points to',
    ],
    [
      'a missing primary key',
      { tables: [{ ...account, primaryKey: 'id' }] },
      'table account: the primary key id is not among the columns',
    ],
    [
      'a primary key that is no guid',
      { tables: [{ ...account, primaryKey: 'name' }] },
      'table account, column name: is the primary key and must be a guid, not a string',
    ],
    [
      'a missing primary name',
      { tables: [{ ...account, primaryName: 'label' }] },
      'table account: the primary name label is not among the columns',
    ],
    [
      'an action time column of another type',
      { tables: [{ ...account, actionTimeColumn: 'name' }] },
      'table account: actionTimeColumn name is not a datetime column of the table',
    ],
    [
      'an id beginning with $',
      withColumns({ id: '$deleted', name: 'x', type: 'string' }),
      'table workorder, column x: the id "$deleted" begins with "$", which is kept for marks of the record itself',
    ],
    [
      'a name from the prototype',
      withColumns({ name: 'constructor', type: 'string' }),
      'table workorder, column constructor: "constructor" is a reserved name',
    ],
    [
      'user ownership without an owner column',
      { tables: [{ ...account, ownership: 'user' }] },
      'table account: is owned by users but has no owner column',
    ],
    [
      'an owner column that cannot hold an owner',
      { tables: [{ ...account, ownership: 'user', ownerColumn: 'name' }] },
      'table account: ownerColumn name is not a lookup or guid column of the table',
    ],
    [
      'a role for an unknown table',
      { ...source, roles: [{ name: 'tech', tables: { truck: { read: 'all' } } }] },
      'role tech, table truck: is not a table of the schema',
    ],
    [
      'a role hiding an unknown column',
      { ...source, roles: [{ name: 'tech', tables: { account: { hidden: ['age'] } } }] },
      'role tech, table account, column age: is not a column of the table',
    ],
    [
      'a role hiding the primary key',
      { ...source, roles: [{ name: 'tech', tables: { account: { hidden: ['accountid'] } } }] },
      'role tech, table account, column accountid: is the primary key: always read, never written',
    ],
    [
      'a relationship from an unknown column',
      { ...source, relationships: [{ name: 'r', from: 'workorder.site', to: 'account' }] },
      'relationship r: begins at the unknown column workorder.site',
    ],
    [
      'a relationship from an unknown table',
      { ...source, relationships: [{ name: 'r', from: 'truck.site', to: 'account' }] },
      'relationship r: begins at the unknown table truck',
    ],
    [
      'a relationship to an unknown table',
      { ...source, relationships: [{ name: 'r', from: 'workorder.account', to: 'site' }] },
      'relationship r: leads to the unknown table site',
    ],
    [
      'a relationship its column does not make',
      { ...source, relationships: [{ name: 'r', from: 'workorder.account', to: 'workorder' }] },
      'relationship r: workorder.account does not point to workorder',
    ],
    [
      'a choice column without choices',
      withColumns({ name: 'x', type: 'choice' }),
      'table workorder, column x: a choice column needs its choices',
    ],
    [
      'a maximum length of a number',
      withColumns({ name: 'x', type: 'integer', maxLength: 4 }),
      'table workorder, column x: maxLength says nothing about a integer',
    ],
    [
      'a misspelt property',
      withColumns({ name: 'x', type: 'string', requierd: true }),
      'table workorder, column x: Unrecognized key: "requierd"',
    ],
  ]
  test.each(cases)('%s', (_, from, fault) => {
    expect(faultsOf(from)).toEqual([fault])
  })

  test('__proto__, as JSON can carry it', () => {
    const from: unknown = JSON.parse(JSON.stringify(source).replaceAll('"name":"title"', '"name":"__proto__"'))
    expect(faultsOf(from)).toContain('table workorder, column __proto__: "__proto__" is a reserved name')
  })

  test('every fault at once, malformed tables beside well-formed ones', () => {
    const from = {
      tables: [
        { ...account, ownership: 'everybody' },
        { ...workorder, columns: [...workorder.columns, { name: 'x', type: 'colour' }] },
        { ...account, name: 'site', primaryKey: 'siteid' },
      ],
      roles: [{ name: 'tech', tables: { truck: {} } }],
    }
    const places = faultsOf(from).map(text => text.split(':')[0])
    expect(places.toSorted()).toEqual([
      'role tech, table truck',
      'table account',
      'table site',
      'table workorder, column x',
    ])
  })

  test('something that is no schema at all', () => {
    for (const from of [null, 7, 'tables', [], {}, { tables: {} }, { tables: [null] }]) {
      expect(faultsOf(from).length, JSON.stringify(from)).toBeGreaterThan(0)
    }
  })
})

// the specifier is not literal, so that neither types nor bundlers look for a file that need not be there
const path: string = '/work/shared/data/fieldservice-schema.json'
const fieldService = await import(/* @vite-ignore */ path).then(
  (module: { default: unknown }) => module.default,
  () => undefined,
)
test.skipIf(fieldService === undefined)('the Field Service model loads as it is', () => {
  const schema = compiled(fieldService)
  expect([schema.tables.size, schema.relationships.size]).toEqual([18, 184])
  expect(schema.tables.get('msdyn_workorder')?.ownerId).toBe('ownerid')
})
