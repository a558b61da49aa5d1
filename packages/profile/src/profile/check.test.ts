import { describe, expect, test } from 'vitest'
import { compileSchema } from '../schema/compile.ts'
import type { Ownership, TableSource } from '../schema/schema.ts'
import { checkProfile } from './check.ts'
import type { DownloadFilter, ProfileItem } from './profile.ts'

const table = (name: string, ownership: Ownership, offline = true): TableSource => ({
  name,
  ownership,
  offline,
  primaryKey: 'id',
  primaryName: 'name',
  columns: [
    { name: 'id', type: 'guid' },
    { name: 'name', type: 'string' },
    { name: 'job', type: 'lookup', target: 'job' },
    ...(ownership === 'user' ? [{ name: 'ownerid', type: 'lookup', target: 'user', external: true } as const] : []),
    ...(name === 'desk' ? [] : [{ name: 'owningbusinessunit', type: 'guid' } as const]),
  ],
})
const compiled = compileSchema({
  tables: [
    table('job', 'user'),
    table('desk', 'business'),
    table('team', 'business'),
    table('product', 'organization'),
    table('note', 'none'),
    table('secret', 'user', false),
  ],
  relationships: [
    { name: 'job_note', from: 'note.job', to: 'job' },
    { name: 'job_product', from: 'product.job', to: 'job' },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value
const faultsOf = (...items: unknown[]): string[] =>
  checkProfile(schema, { name: 'Field', items }).map(({ code, at }) => `${code} ${at}`)

const job: ProfileItem = { table: 'job', filter: { kind: 'all' } }

describe('a profile is refused with profile, table and rule when', () => {
  const cases: readonly [string, unknown[], string[]][] = [
    ['[PR4] an item has no filter', [{ table: 'job' }], ['shape profile Field, table job']],
    [
      '[PR4] an item has a filter of no known kind',
      [{ table: 'job', filter: { kind: 'some' } }],
      ['shape profile Field, table job'],
    ],
    [
      '[PR5] "related" has no relationship',
      [{ table: 'job', filter: { kind: 'related' } }],
      ['related profile Field, table job'],
    ],
    [
      '[PR6] "all" has another rule',
      [{ table: 'job', filter: { kind: 'all', where: { all: [] } } }],
      ['shape profile Field, table job'],
    ],
    [
      '[PR7] "other" asks for nobody',
      [{ table: 'job', filter: { kind: 'other', mine: false } }],
      ['other profile Field, table job'],
    ],
    [
      '[PR8] rows of the organization are asked for by owner',
      [{ table: 'product', filter: { kind: 'other', mine: true, unit: true } }],
      ['ownership profile Field, table product', 'ownership profile Field, table product'],
    ],
    [
      '[PR8] a business unit is asked of a table that names none',
      [{ table: 'desk', filter: { kind: 'other', unit: true } }],
      ['ownership profile Field, table desk'],
    ],
    [
      '[PR10] a custom filter compares an unknown column',
      [{ table: 'job', filter: { kind: 'custom', where: { any: [{ column: 'colour', op: 'null' }] } } }],
      ['unknown-column profile Field, filter any[0], column colour'],
    ],
    [
      '[PR10] a custom filter compares a column the item does not select',
      [{ ...job, columns: ['name'], filter: { kind: 'custom', where: { column: 'job', op: 'null' } } }],
      ['unselected-column profile Field, table job, filter, column job'],
    ],
    [
      '[PR10] [FI8] a link asks for a table that has no item, or a column its item does not select',
      [
        { ...job, filter: { kind: 'custom', where: { link: 'any', table: 'note', from: 'job', to: 'id' } } },
        { table: 'team', filter: { kind: 'all' }, columns: ['name'] },
        {
          table: 'secret',
          filter: { kind: 'custom', where: { link: 'any', table: 'team', from: 'job', to: 'job' } },
          columns: ['name'],
        },
      ],
      [
        'table-not-in-profile profile Field, table job, filter, table note',
        'offline profile Field, table secret',
        'unselected-column profile Field, table secret, filter, column job',
        'unselected-column profile Field, table secret, filter, table team, column job',
      ],
    ],
    [
      '[PR10] an item selects an unknown column, or one twice',
      [{ ...job, columns: ['name', 'colour', 'name'] }],
      ['unknown-column profile Field, table job, column colour', 'duplicate profile Field, table job, column name'],
    ],
    [
      '[PR11] intervals lie outside 5 to 1440 minutes',
      [4, 1441, 7.5, 0].map((interval, index) => ({ ...job, interval, table: ['job', 'team', 'desk', 'x'][index] })),
      [
        'interval profile Field, table job',
        'interval profile Field, table team',
        'interval profile Field, table desk',
        'unknown-table profile Field, table x',
      ],
    ],
    [
      '[PR13] a table is not enabled for offline use',
      [{ ...job, table: 'secret' }],
      ['offline profile Field, table secret'],
    ],
    ['a table has two items', [job, job], ['duplicate profile Field, table job']],
    [
      'a relationship does not exist, or brings no row of the item',
      [
        { ...job, relationships: ['job_job'] },
        { table: 'team', filter: { kind: 'related' }, relationships: ['job_note'] },
      ],
      [
        'unknown-relationship profile Field, table job, relationship job_job',
        'relationship profile Field, table team, relationship job_note',
      ],
    ],
  ]
  test.each(cases)('%s', (_, items, faults) => {
    expect(faultsOf(...items)).toEqual(faults.map(fault => fault.replace('Field, filter', 'Field, table job, filter')))
  })

  test('it is no profile', () => {
    for (const source of [null, {}, { name: '', items: [] }, { name: 'x', items: [null] }]) {
      expect(checkProfile(schema, source).length, JSON.stringify(source)).toBeGreaterThan(0)
    }
  })
})

describe('the filters offered follow from ownership:', () => {
  const filters: Readonly<Record<string, DownloadFilter>> = {
    related: { kind: 'related' },
    all: { kind: 'all' },
    mine: { kind: 'other', mine: true },
    teams: { kind: 'other', teams: true },
    unit: { kind: 'other', unit: true },
    custom: { kind: 'custom', where: { column: 'name', op: 'not-null' } },
  }
  test.each([
    ['job', ['related', 'all', 'mine', 'teams', 'unit', 'custom']],
    ['team', ['related', 'all', 'unit']],
    ['product', ['related', 'all']],
    ['note', ['related']],
  ])('[PR8] %s', (name, offered) => {
    const taken = Object.entries(filters).filter(([, filter]) => {
      const found = checkProfile(schema, { name: 'Field', items: [{ table: name, filter }] })
      return found.every(fault => fault.code !== 'ownership')
    })
    expect(taken.map(([kind]) => kind)).toEqual(offered)
  })
})

test('[PR4] a profile with each kind of filter passes', () => {
  expect(
    faultsOf(
      { ...job, filter: { kind: 'other', mine: true, teams: true }, interval: 5, columns: ['id', 'name', 'ownerid'] },
      { table: 'product', filter: { kind: 'all' }, interval: 1440 },
      { table: 'note', filter: { kind: 'related' }, relationships: ['job_note'] },
      { table: 'team', filter: { kind: 'other', unit: true } },
    ),
  ).toEqual([])
  const where = {
    all: [
      { column: 'id', op: 'not-null' },
      { column: 'name', op: 'eq', value: 'x' },
    ],
  }
  expect(faultsOf({ ...job, columns: ['name'], filter: { kind: 'custom', where } })).toEqual([])
})
