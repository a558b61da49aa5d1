import { describe, expect, test } from 'vitest'
import type { Person } from '../profile/person.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Depth, Fields, RoleSource, Schema, TableRights, TableSource } from '../schema/schema.ts'
import { type Right, rightsOf, type Rights } from './rights.ts'

const job: TableSource = {
  name: 'job',
  ownership: 'user',
  primaryKey: 'jobid',
  primaryName: 'title',
  columns: [
    { name: 'jobid', type: 'guid' },
    { id: 'subject', name: 'title', type: 'string' },
    { name: 'price', type: 'money' },
    { name: 'ownerid', type: 'lookup', target: 'user', external: true },
    { name: 'owningbusinessunit', type: 'guid' },
  ],
}
const bare = { primaryKey: 'id', primaryName: 'id', columns: [{ name: 'id', type: 'guid' }] } as const
const schemaWith = (...roles: readonly Readonly<Record<string, TableRights>>[]): Schema => {
  const compiled = compileSchema({
    tables: [
      job,
      { ...bare, name: 'product', ownership: 'organization' },
      { ...bare, name: 'note', ownership: 'none' },
      { ...bare, name: 'unit', ownership: 'business' },
    ],
    roles: roles.map((tables, index) => ({ name: `r${index}`, tables })),
  })
  if (!compiled.ok) throw new Error('the schema of this test is wrong')
  return compiled.value
}
const ann: Person = { id: 'ann', name: 'Ann', unit: 'west', teams: ['red'], roles: ['r0', 'r1', 'r2'] }
const rights = (...roles: readonly Readonly<Record<string, TableRights>>[]): Rights =>
  rightsOf(schemaWith(...roles), ann)

const rows: Readonly<Record<string, Fields>> = {
  mine: { ownerid: 'ann', owningbusinessunit: 'east' },
  team: { ownerid: 'red', owningbusinessunit: 'east' },
  unit: { ownerid: 'bob', owningbusinessunit: 'west' },
  other: { ownerid: 'bob', owningbusinessunit: 'east' },
  nobody: {},
}

describe('[SE5] depth', () => {
  const reached: Readonly<Record<Depth, readonly string[]>> = {
    none: [],
    own: ['mine'],
    team: ['mine', 'team'],
    unit: ['mine', 'team', 'unit'],
    all: ['mine', 'team', 'unit', 'other', 'nobody'],
  }
  for (const right of ['create', 'read', 'write', 'delete'] as const) {
    test.each(Object.entries(reached))(`${right} at depth %s reaches %s`, (depth, names) => {
      const granted = rights({ job: { [right]: depth } })
      const found = Object.keys(rows).filter(name => granted.reaches('job', right, rows[name] ?? {}, name))
      expect(found).toEqual(names)
      for (const other of ['create', 'read', 'write', 'delete'] as const) {
        if (other !== right) expect(granted.reaches('job', other, rows['mine'] ?? {}, 'mine'), other).toBe(false)
      }
    })
  }

  test('any depth reaches rows of the organization and of nobody; rows of a business need their unit or all', () => {
    const granted = rights({ '*': { read: 'own' } })
    expect(['product', 'note', 'unit'].map(table => granted.reaches(table, 'read', {}, 'x'))).toEqual([
      true,
      true,
      false,
    ])
    expect(rights({ '*': { read: 'all' } }).reaches('unit', 'read', {}, 'x')).toBe(true)
    expect(rights({ '*': { read: 'none' } }).reaches('product', 'read', {}, 'x')).toBe(false)
  })

  test('a person without a unit reaches no row without one', () => {
    const { unit: _, ...nobody } = ann
    expect(rightsOf(schemaWith({ job: { read: 'unit' } }), nobody).reaches('job', 'read', {}, 'x')).toBe(false)
  })
})

describe('[SE5] roles', () => {
  test('add up to the deepest reach', () => {
    const granted = rights({ job: { read: 'own', write: 'all' } }, { job: { read: 'unit' } })
    expect([granted.depth('job', 'read'), granted.depth('job', 'write')]).toEqual(['unit', 'all'])
  })

  test('speak of a table by its own entry, and by * only where there is none', () => {
    const granted = rights({ '*': { read: 'all' }, job: { write: 'own' } })
    expect([granted.depth('job', 'read'), granted.depth('note', 'read')]).toEqual(['none', 'all'])
  })

  test('that nobody holds or the schema does not know give nothing', () => {
    const schema = schemaWith({ job: { read: 'all' } })
    const stranger = rightsOf(schema, { ...ann, roles: ['admin', 'constructor'] })
    expect(stranger.reaches('job', 'read', rows['mine'] ?? {}, 'mine')).toBe(false)
    expect(stranger.readable('job').size).toBe(0)
    expect(rightsOf(schema, ann).reaches('shop', 'read', {}, 'x')).toBe(false)
  })

  test('are not needed in a schema that has none: everybody may do everything', () => {
    const granted = rights()
    expect(granted.reaches('job', 'delete', rows['other'] ?? {}, 'other')).toBe(true)
    expect([...granted.readable('job')]).toEqual(['subject', 'price', 'ownerid', 'owningbusinessunit'])
    expect(granted.writable('job')).toEqual(granted.readable('job'))
  })
})

describe('[SE5] shares', () => {
  const shared = { job: { other: ['read', 'write'] }, shop: { toString: ['read'] } } as const
  const sharing = (tables: RoleSource['tables']) => rightsOf(schemaWith(tables), { ...ann, shared })

  test('add single records to the rights they name', () => {
    const granted = sharing({ job: { read: 'own', write: 'own', delete: 'own' } })
    const may = (right: Right, id: string) => granted.reaches('job', right, rows['other'] ?? {}, id)
    expect([may('read', 'other'), may('write', 'other'), may('delete', 'other'), may('read', 'nobody')]).toEqual([
      ...[true, true, false, false],
    ])
    expect(granted.reaches('job', 'read', rows['other'] ?? {}, 'constructor')).toBe(false)
  })

  test('give nothing where the roles give none of the right', () => {
    expect(sharing({ job: { read: 'own' } }).reaches('job', 'write', rows['other'] ?? {}, 'other')).toBe(false)
  })
})

describe('[SE5] columns', () => {
  test('are hidden only if every role that lets the table be read hides them', () => {
    const hides = { read: 'all', write: 'all', hidden: ['price'] } as const
    expect(rights({ job: hides }).readable('job').has('price')).toBe(false)
    expect(
      rights({ job: hides }, { job: { write: 'all' } })
        .readable('job')
        .has('price'),
    ).toBe(false)
    expect(
      rights({ job: hides }, { job: { read: 'own' } })
        .readable('job')
        .has('price'),
    ).toBe(true)
  })

  test('are closed to writing only if every role that lets rows be written closes them', () => {
    const closes = { write: 'all', readonly: ['title'] } as const
    expect(rights({ job: closes }).writable('job').has('subject')).toBe(false)
    expect(
      rights({ job: closes }, { job: { create: 'own' } })
        .writable('job')
        .has('subject'),
    ).toBe(true)
  })

  test('that are hidden from a reader are not written either', () => {
    expect(
      rights({ job: { read: 'all', write: 'all', hidden: ['price'] } })
        .writable('job')
        .has('price'),
    ).toBe(false)
  })

  test('can be written by somebody who may create and read nothing', () => {
    const granted = rights({ job: { create: 'all' } })
    expect([granted.readable('job').size, granted.writable('job').size]).toEqual([0, 4])
  })
})
