import { describe, expect, test } from 'vitest'
import type { Filter } from '../filter/filter.ts'
import { compileSchema } from '../schema/compile.ts'
import { compileScope } from './scope.ts'
import { momentOf, turnOf, turnOfFilter } from './turn.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'task',
      ownership: 'organization',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'due', type: 'datetime' },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const scopeAt = (where: Filter, now: string, timeZone?: string) =>
  compileScope(
    schema,
    { name: 'p', version: 1, items: [{ table: 'task', filter: { kind: 'custom', where } }] },
    { id: 'ann', name: 'Ann', teams: [], roles: [], ...(timeZone === undefined ? {} : { timeZone }) },
    Date.parse(now),
  )
const turn = (where: Filter, now: string, timeZone?: string): string | undefined => {
  const at = turnOf(scopeAt(where, now, timeZone))
  return at === undefined ? undefined : new Date(at).toISOString()
}
const today: Filter = { column: 'due', op: 'today' }

describe('[DS6] relative dates mean other rows', () => {
  const cases: readonly [string, Filter, string, string | undefined, string | undefined][] = [
    ['from the next midnight of the person', today, '2026-07-15T10:00:00Z', 'Europe/Berlin', '2026-07-15T22:00:00.000Z'],
    ['from midnight in UTC without a time zone', today, '2026-07-15T10:00:00Z', undefined, '2026-07-16T00:00:00.000Z'],
    ['on a day of 23 hours', today, '2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    // found by a review: these days begin at 01:00, and the ones after them at midnight
    ['after a day without a midnight, Santiago', today, '2026-09-06T12:00:00Z', 'America/Santiago', '2026-09-07T03:00:00.000Z'],
    ['after a day without a midnight, Cairo', today, '2026-04-24T12:00:00Z', 'Africa/Cairo', '2026-04-24T21:00:00.000Z'],
    ['at the full hour', { column: 'due', op: 'olderthan-x-hours', value: 3 }, '2026-07-15T10:20:00Z', undefined, '2026-07-15T11:00:00.000Z'],
    ['at the full minute where they reach to now', { any: [today, { column: 'due', op: 'next-seven-days' }] }, '2026-07-15T10:20:30Z', undefined, '2026-07-15T10:21:00.000Z'],
    ['never where a day is named', { column: 'due', op: 'on', value: '2026-07-15' }, '2026-07-15T10:00:00Z', undefined, undefined],
  ] // prettier-ignore
  test.each(cases)('[DS6] %s', (_, where, now, timeZone, expected) => {
    const { person, now: asked } = scopeAt(where, now, timeZone)
    expect(turnOfFilter('task', where, { person, now: asked })).toBe(turnOf(scopeAt(where, now, timeZone)))
    expect(turn(where, now, timeZone)).toBe(expected)
  })
})

test('scopes of one zone and day are of one moment, those of another zone or day are not', () => {
  const moment = (now: string, timeZone?: string): string => momentOf('task', today, scopeAt(today, now, timeZone))
  expect(moment('2026-07-15T08:00:00Z')).toBe(moment('2026-07-15T23:00:00Z'))
  expect(moment('2026-07-15T23:00:00Z')).not.toBe(moment('2026-07-16T00:00:00Z'))
  expect(moment('2026-07-15T08:00:00Z')).not.toBe(moment('2026-07-15T08:00:00Z', 'Europe/Berlin'))
})
