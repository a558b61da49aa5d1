import { expect, test } from 'vitest'
import { compileSchema } from '../../schema/compile.ts'
import type { Filter } from '../filter.ts'
import { type Seek, seekIn } from './seek.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'none',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'hours', type: 'number' },
        { name: 'owner', type: 'lookup', target: 'user', external: true },
        { name: 'kind', type: 'choice', choices: [{ value: 1, label: 'One' }] },
        { name: 'tags', type: 'choices', choices: [{ value: 1, label: 'New' }] },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const pump: Filter = { column: 'title', op: 'eq', value: 'PUMP' }
const soughtPump: Seek = { column: 'title', sought: { test: 'equal', to: 'pump' } }
const like: Filter = { column: 'title', op: 'like', value: '%x%' }

const tested = (column: string): Seek => ({
  column,
  sought: { test: 'tested', holds: expect.any(Function) as () => boolean },
})

const cases: readonly [string, Filter, Seek | undefined][] = [
  ['equality, as it compares', pump, soughtPump],
  ['the signed-in user', { column: 'owner', op: 'eq-userid' }, { column: 'owner', sought: { test: 'equal', to: 'ann' } }],
  ['a list', { column: 'hours', op: 'in', value: [1, 2] }, { column: 'hours', sought: { test: 'among', values: [1, 2] } }],
  ['a range', { column: 'hours', op: 'gt', value: 1 }, { column: 'hours', sought: { test: 'range', low: { value: 1, open: true } } }],
  ['absence', { column: 'hours', op: 'null' }, { column: 'hours', sought: { test: 'absent' } }],
  ['no pattern', like, undefined],
  ['a negation, of each value', { column: 'hours', op: 'ne', value: 1 }, tested('hours')],
  ['presence, of each value', { column: 'hours', op: 'not-null' }, tested('hours')],
  ['a range of choices, of each value', { column: 'kind', op: 'ge', value: 1 }, tested('kind')],
  ['an id', { column: 'jobid', op: 'eq', value: 'J1' }, { column: 'jobid', sought: { test: 'equal', to: 'J1' } }],
  ['no other ids', { column: 'jobid', op: 'ne', value: 'J1' }, undefined],
  ['no list of choices', { column: 'tags', op: 'null' }, undefined],
  ['no link', { link: 'any', table: 'job', from: 'jobid', to: 'owner' }, undefined],
  ['of all what can be sought', { all: [like, pump] }, { all: [soughtPump] }],
  ['of all nothing where none can be', { all: [like] }, undefined],
  ['of any every one', { any: [pump, pump] }, { any: [soughtPump, soughtPump] }],
  ['of any nothing where one cannot be', { any: [pump, like] }, undefined],
  ['of any of nothing no row', { any: [] }, { any: [] }],
] // prettier-ignore

test.each(cases)('an index is asked for %s', (_, filter, seek) => {
  const person = { id: 'ann', name: 'Ann', teams: [], roles: [] }
  expect(seekIn(schema, 'job', filter, { person, now: 0 })).toEqual(seek)
})

test.each([
  ['ne', { column: 'hours', op: 'ne', value: 1 }, [false, true, true]],
  ['not-null', { column: 'hours', op: 'not-null' }, [true, true, false]],
  ['ge', { column: 'kind', op: 'ge', value: 2 }, [false, true, false]],
] as const)('%s is tested of 1, 2 and nothing as the filter means it', (_, filter, holds) => {
  const person = { id: 'ann', name: 'Ann', teams: [], roles: [] }
  const seek = seekIn(schema, 'job', filter, { person, now: 0 }) as Extract<Seek, { readonly column: string }>
  if (seek.sought.test !== 'tested') throw new Error(`sought as ${seek.sought.test}`)
  expect([1, 2, undefined].map(seek.sought.holds)).toEqual(holds)
})
