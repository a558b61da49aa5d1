import { describe, expect, test } from 'vitest'
import type { Person } from '../../profile/person.ts'
import { compileSchema } from '../../schema/compile.ts'
import type { Fields } from '../../schema/schema.ts'
import type { Filter } from '../filter.ts'
import { compileFilter } from './compile.ts'

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
        { name: 'owner', type: 'lookup', target: 'user', external: true },
        { name: 'tags', type: 'choices', choices: [{ value: 1, label: 'New' }] },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value
const ann: Person = { id: 'ann', name: 'Ann', unit: 'west', teams: ['red', 'blue'], roles: [] }
const holds = (filter: Filter, fields: Fields, person: Person = ann): boolean =>
  compileFilter(schema, 'job', filter, { person, now: 0 })(fields, 'job1')

describe('a filter in memory', () => {
  const cases: readonly [Filter, Fields, boolean][] = [
    [{ column: 'title', op: 'eq', value: 'PUMP' }, { subject: 'pump' }, true],
    [{ column: 'title', op: 'eq', value: 'pump' }, { subject: 'pump ' }, false],
    [{ column: 'title', op: 'eq', value: 'cafe' }, { subject: 'café' }, false],
    [{ column: 'title', op: 'in', value: ['ÄRGER'] }, { subject: 'ärger' }, true],
    [{ column: 'title', op: 'gt', value: 'B' }, { subject: 'c' }, true],
    [{ column: 'title', op: 'lt', value: '\u{1f600}' }, { subject: '\uff21' }, true],
    [{ column: 'hours', op: 'gt', value: 9 }, { hours: 10 }, true],
    [{ column: 'hours', op: 'le', value: 10 }, { hours: 10 }, true],
    [{ column: 'begin', op: 'eq', value: '2024-01-01T08:00Z' }, { begin: '2024-01-01T08:00:00.000Z' }, true],
    [{ column: 'begin', op: 'ge', value: '2024-01-01T08:00:00Z' }, { begin: '2024-01-01T07:59:59.999Z' }, false],
    [{ column: 'open', op: 'eq', value: false }, { open: false }, true],
    [{ column: 'open', op: 'eq', value: false }, {}, false],
    [{ column: 'jobid', op: 'eq', value: 'job1' }, {}, true],
    [{ column: 'jobid', op: 'eq', value: 'JOB1' }, {}, false],
    [{ column: 'jobid', op: 'null' }, {}, false],
    [{ column: 'tags', op: 'not-null' }, { tags: [1] }, true],
    [{ column: 'tags', op: 'null' }, {}, true],
    [{ column: 'owner', op: 'eq-userid' }, { owner: 'ann' }, true],
    [{ column: 'owner', op: 'eq-userteams' }, { owner: 'ann' }, false],
    [{ column: 'owner', op: 'eq-userteams' }, { owner: 'blue' }, true],
    [{ column: 'owner', op: 'eq-useroruserteams' }, { owner: 'ann' }, true],
    [{ column: 'owner', op: 'eq-useroruserteams' }, { owner: 'green' }, false],
    [{ column: 'owner', op: 'eq-businessid' }, { owner: 'west' }, true],
    [{ column: 'owner', op: 'ne-businessid' }, { owner: 'west' }, false],
    [{ all: [] }, {}, true],
    [{ any: [] }, {}, false],
  ]
  test.each(cases.map(([filter, ...rest]) => [JSON.stringify(filter), filter, ...rest] as const))(
    '%s',
    (_, filter, fields, expected) => {
      expect(holds(filter, fields)).toBe(expected)
    },
  )

  test('[FI5] null is not equal, greater, less or in, and every negated operator matches it', () => {
    for (const op of ['eq', 'gt', 'ge', 'lt', 'le'] as const) {
      expect(holds({ column: 'hours', op, value: 0 }, {}), op).toBe(false)
      expect(holds({ column: 'title', op, value: '' }, {}), op).toBe(false)
    }
    expect(holds({ column: 'hours', op: 'in', value: [0] }, {})).toBe(false)
    expect(holds({ column: 'owner', op: 'eq-userid' }, {})).toBe(false)
    const negated: readonly Filter[] = [
      { column: 'hours', op: 'ne', value: 0 },
      { column: 'hours', op: 'not-in', value: [0] },
      { column: 'owner', op: 'ne-userid' },
      { column: 'owner', op: 'ne-businessid' },
    ]
    for (const filter of negated) expect(holds(filter, {}), JSON.stringify(filter)).toBe(true)
  })

  test('somebody without a business unit is in none, not in the one of rows without', () => {
    const { unit: _, ...nobody } = ann
    expect(holds({ column: 'owner', op: 'eq-businessid' }, {}, nobody)).toBe(false)
    expect(holds({ column: 'owner', op: 'ne-businessid' }, { owner: 'west' }, nobody)).toBe(true)
  })

  test('a filter that was never checked throws at once, not row by row', () => {
    expect(() => compileFilter(schema, 'job', { any: [{ column: 'x', op: 'null' }] }, { person: ann, now: 0 })).toThrow(
      /column x/,
    )
    expect(() => compileFilter(schema, 'shop', { any: [] }, { person: ann, now: 0 })).toThrow(/table shop/)
  })
})
