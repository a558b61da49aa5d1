import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Filter } from '../filter/filter.ts'
import { indexRows, type Rows } from '../filter/memory/rows.ts'
import type { Person } from '../profile/person.ts'
import type { DownloadFilter, ProfileItem, PublishedProfile } from '../profile/profile.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Depth, Fields, Schema, TableRights } from '../schema/schema.ts'
import { compileScope, type TableScope } from './scope.ts'

const schemaWith = (rights?: TableRights): Schema => {
  const compiled = compileSchema({
    tables: [
      {
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
      },
    ],
    ...(rights === undefined ? {} : { roles: [{ name: 'tech', tables: { job: rights } }] }),
  })
  if (!compiled.ok) throw new Error('the schema of this test is wrong')
  return compiled.value
}
const profile = (item: Partial<ProfileItem>): PublishedProfile => ({
  name: 'Field',
  version: 1,
  items: [{ table: 'job', filter: { kind: 'all' }, ...item }],
})
const ann: Person = { id: 'ann', name: 'Ann', unit: 'west', teams: ['red'], roles: ['tech'] }
const jobs = (item: Partial<ProfileItem>, rights?: TableRights): TableScope => {
  const scope = compileScope(schemaWith(rights), profile(item), ann, 0).tables.get('job')
  if (scope === undefined) throw new Error('nothing of the table may be held')
  return scope
}

const rows: Readonly<Record<string, Fields>> = {
  mine: { subject: 'a', ownerid: 'ann', owningbusinessunit: 'east' },
  team: { subject: 'b', ownerid: 'red', owningbusinessunit: 'east' },
  unit: { subject: 'a', ownerid: 'bob', owningbusinessunit: 'west' },
  other: { subject: 'b', ownerid: 'bob', owningbusinessunit: 'east' },
}
const held = (scope: TableScope): string[] => Object.keys(rows).filter(name => scope.holds(rows[name] ?? {}, name))

describe('the rows of a scope', () => {
  test('[MB1] without a profile are none', () => {
    expect(compileScope(schemaWith(), undefined, ann, 0).tables.size).toBe(0)
  })

  test('without a right to read are none, though the profile has the table', () => {
    expect(compileScope(schemaWith({ write: 'all' }), profile({}), ann, 0).tables.size).toBe(0)
  })

  const cases: readonly [DownloadFilter, string[]][] = [
    [{ kind: 'all' }, ['mine', 'team', 'unit', 'other']],
    [{ kind: 'related' }, []],
    [{ kind: 'other', mine: true }, ['mine']],
    [{ kind: 'other', teams: true }, ['team']],
    [{ kind: 'other', unit: true }, ['unit']],
    [{ kind: 'other', mine: true, unit: true }, ['mine', 'unit']],
    [{ kind: 'custom', where: { column: 'title', op: 'eq', value: 'A' } }, ['mine', 'unit']],
    [{ kind: 'custom', where: { column: 'jobid', op: 'eq', value: 'team' } }, ['team']],
    [{ kind: 'custom', where: { column: 'dropped', op: 'ne', value: 1 } }, []],
  ]
  test.each(cases.map(([filter, names]) => [JSON.stringify(filter), filter, names] as const))(
    '[PR4] of an item with %s',
    (_, filter, names) => {
      expect(held(jobs({ filter }))).toEqual(names)
    },
  )

  test.each([
    [{ mine: true, teams: true }, ['mine', 'team']],
    [{ mine: true, unit: true }, ['mine', 'unit']],
    [{ teams: true, unit: true }, ['team', 'unit']],
    [{ mine: true, teams: true, unit: true }, ['mine', 'team', 'unit']],
    [{ mine: true, teams: false }, ['mine']],
  ])('[PR7] of several owners are those of each: %j', (owners, names) => {
    expect(held(jobs({ filter: { kind: 'other', ...owners } }))).toEqual(names)
  })

  test('[SE5] are those that the item selects and the read right reaches', () => {
    const depth = fc.constantFrom<Depth>('own', 'team', 'unit', 'all')
    fc.assert(
      fc.property(fc.constantFrom(...cases), depth, ([filter, selected], read) => {
        const reached = held(jobs({}, { read }))
        expect(held(jobs({ filter }, { read }))).toEqual(selected.filter(name => reached.includes(name)))
      }),
    )
  })

  test('need not be read exactly when item and right are both boundless', () => {
    expect(jobs({}, { read: 'all' }).everything).toBe(true)
    expect(jobs({}).everything).toBe(true)
    expect(jobs({}, { read: 'unit' }).everything).toBe(false)
    expect(jobs({ filter: { kind: 'other', mine: true } }).everything).toBe(false)
  })
})

describe('a custom filter of a scope', () => {
  const heldWith = (where: Filter, now = 0, rows?: Rows): string[] => {
    const item = profile({ filter: { kind: 'custom', where } })
    const scope = compileScope(schemaWith(), item, ann, now, rows).tables.get('job')
    return scope === undefined ? [] : held(scope)
  }
  const link: Filter = {
    link: 'any',
    table: 'job',
    from: 'ownerid',
    to: 'ownerid',
    where: { column: 'title', op: 'eq', value: 'a' },
  }

  test('[FI8] links to the rows that are handed in', () => {
    const all = Object.entries(rows).map(([id, fields]) => ({ id, fields }))
    expect(heldWith(link, 0, indexRows(schemaWith(), new Map([['job', all]])))).toEqual(['mine', 'unit', 'other'])
  })

  test('that links is never answered without rows to look at', () => {
    expect(() => heldWith({ any: [{ all: [] }, link] }, 0)).toThrow('without rows')
    expect(heldWith({ any: [{ all: [] }, link] }, 0, { where: () => [] })).toHaveLength(4)
  })
})

describe('the columns of a scope', () => {
  test('[PR12] are all of the table unless the item selects some', () => {
    expect([jobs({}).columns.size, jobs({}).columnSet]).toEqual([4, '*'])
    expect([...jobs({ columns: ['jobid', 'title', 'price'] }).columns]).toEqual(['subject', 'price'])
  })

  test('[SE5] are only those the person may read', () => {
    const scope = jobs({ columns: ['title', 'price'] }, { read: 'all', hidden: ['price'] })
    expect([...scope.columns]).toEqual(['subject'])
    expect(jobs({}, { read: 'all', hidden: ['price'] }).columnSet).not.toBe('*')
  })

  test('have one name per set, whatever the order and the reason, for ever', () => {
    const byProfile = jobs({ columns: ['owningbusinessunit', 'title', 'ownerid'] })
    const byRight = jobs({}, { read: 'all', hidden: ['price'] })
    expect(byProfile.columnSet).toBe(byRight.columnSet)
    // sha256 of "price subject", computed elsewhere
    expect(jobs({ columns: ['title', 'price'] }).columnSet).toBe('cd671c472888d46ed9492af4')
    expect(jobs({ columns: ['title'] }).columnSet).not.toBe(jobs({ columns: ['price'] }).columnSet)
    expect(jobs({ columns: ['jobid', 'title', 'price', 'ownerid', 'owningbusinessunit'] }).columnSet).toBe('*')
  })
})
