import { describe, expect, test } from 'vitest'
import type { Person } from '../../profile/person.ts'
import { compileSchema } from '../../schema/compile.ts'
import { checkFilter } from '../check.ts'
import type { Filter } from '../filter.ts'
import { compileFilter } from '../memory/compile.ts'
import { operatorsOfKind } from '../operators.ts'
import { isTimeZone } from './bounds.ts'

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
        { name: 'begin', type: 'datetime' },
        { name: 'wall', type: 'datetime', timeZoneIndependent: true },
        { name: 'due', type: 'date' },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const asked = (zone: string, now: string, column: string, op: string, value?: string | number) => {
  const person: Person = { id: 'ann', name: 'Ann', teams: [], roles: [], timeZone: zone }
  const filter = { column, op, ...(value === undefined ? {} : { value }) } as unknown as Filter
  expect(checkFilter(schema, 'job', filter)).toEqual([])
  const matches = compileFilter(schema, 'job', filter, { person, now: Date.parse(now) })
  return (at: string): boolean => matches({ [column]: at }, 'x')
}
const near = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

/** The first and the last millisecond that belong to it, undefined where it has no such end. */
type Case = [op: string, value: string | number | undefined, first: string | undefined, last: string | undefined]
const isExactly = (zone: string, now: string, [op, value, first, last]: Case, column = 'begin'): void => {
  const matches = asked(zone, now, column, op, value)
  for (const [edge, out] of [[first, -1], [last, 1]] as const) {
    if (edge === undefined) expect(matches(out < 0 ? '0000-01-01T00:00:00.000Z' : '9999-12-31T23:59:59.999Z'), op).toBe(true)
    else {
      expect(matches(edge), `${op} has ${edge}`).toBe(true)
      expect(matches(near(edge, out)), `${op} has not ${near(edge, out)}`).toBe(false)
    }
  }
} // prettier-ignore

describe('[FI4] in Berlin on Wednesday 15 May 2024, 14:25:36.789 (12:25 UTC),', () => {
  const now = '2024-05-15T12:25:36.789Z'
  const cases: readonly Case[] = [
    ['today', undefined, '2024-05-14T22:00:00.000Z', '2024-05-15T21:59:59.999Z'],
    ['yesterday', undefined, '2024-05-13T22:00:00.000Z', '2024-05-14T21:59:59.999Z'],
    ['tomorrow', undefined, '2024-05-15T22:00:00.000Z', '2024-05-16T21:59:59.999Z'],
    ['this-week', undefined, '2024-05-11T22:00:00.000Z', '2024-05-18T21:59:59.999Z'],
    ['last-week', undefined, '2024-05-04T22:00:00.000Z', '2024-05-11T21:59:59.999Z'],
    ['next-week', undefined, '2024-05-18T22:00:00.000Z', '2024-05-25T21:59:59.999Z'],
    ['this-month', undefined, '2024-04-30T22:00:00.000Z', '2024-05-31T21:59:59.999Z'],
    ['last-month', undefined, '2024-03-31T22:00:00.000Z', '2024-04-30T21:59:59.999Z'],
    ['next-month', undefined, '2024-05-31T22:00:00.000Z', '2024-06-30T21:59:59.999Z'],
    ['this-year', undefined, '2023-12-31T23:00:00.000Z', '2024-12-31T22:59:59.999Z'],
    ['last-year', undefined, '2022-12-31T23:00:00.000Z', '2023-12-31T22:59:59.999Z'],
    ['next-year', undefined, '2024-12-31T23:00:00.000Z', '2025-12-31T22:59:59.999Z'],
    ['last-seven-days', undefined, '2024-05-07T22:00:00.000Z', now],
    ['next-seven-days', undefined, now, '2024-05-22T21:59:59.999Z'],
    ['last-x-days', 1, '2024-05-13T22:00:00.000Z', now],
    ['next-x-days', 1, now, '2024-05-16T21:59:59.999Z'],
    ['last-x-weeks', 2, '2024-04-30T22:00:00.000Z', now],
    ['next-x-weeks', 2, now, '2024-05-29T21:59:59.999Z'],
    ['last-x-months', 3, '2024-02-14T23:00:00.000Z', now],
    ['next-x-months', 6, now, '2024-11-15T22:59:59.999Z'],
    ['last-x-years', 1, '2023-05-14T22:00:00.000Z', now],
    ['next-x-years', 1, now, '2025-05-15T21:59:59.999Z'],
    ['last-x-hours', 2, '2024-05-15T10:00:00.000Z', now],
    ['next-x-hours', 2, now, '2024-05-15T14:25:36.789Z'],
    ['olderthan-x-minutes', 5, undefined, '2024-05-15T12:19:59.999Z'],
    ['olderthan-x-hours', 5, undefined, '2024-05-15T06:59:59.999Z'],
    ['olderthan-x-days', 1, undefined, '2024-05-13T21:59:59.999Z'],
    ['olderthan-x-weeks', 1, undefined, '2024-05-07T21:59:59.999Z'],
    ['olderthan-x-months', 2, undefined, '2024-03-14T22:59:59.999Z'],
    ['olderthan-x-years', 1, undefined, '2023-05-14T21:59:59.999Z'],
    ['on', '2024-05-01', '2024-04-30T22:00:00.000Z', '2024-05-01T21:59:59.999Z'],
    ['on-or-before', '2024-05-01', undefined, '2024-05-01T21:59:59.999Z'],
    ['on-or-after', '2024-05-01', '2024-04-30T22:00:00.000Z', undefined],
  ]
  test.each(cases)('%s %s is %s to %s, to the millisecond', (...each) => isExactly('Europe/Berlin', now, each))

  test('every date operator of FI3 is among them', () => {
    const all = (['day', 'period', 'count'] as const).flatMap(kind => operatorsOfKind(kind))
    expect(cases.map(([op]) => op).toSorted()).toEqual(all.toSorted())
  })
})

describe('[FI4] where clocks change,', () => {
  const cases: readonly [what: string, zone: string, now: string, Case][] = [
    ['a day in spring has 23 hours', 'Europe/Berlin', '2024-03-31T10:00:00Z', ['today', undefined, '2024-03-30T23:00:00.000Z', '2024-03-31T21:59:59.999Z']],
    ['a day in autumn has 25', 'Europe/Berlin', '2024-10-27T10:00:00Z', ['today', undefined, '2024-10-26T22:00:00.000Z', '2024-10-27T22:59:59.999Z']],
    ['three hours are three hours', 'Europe/Berlin', '2024-03-31T03:30:00Z', ['last-x-hours', 3, '2024-03-31T00:00:00.000Z', '2024-03-31T03:30:00.000Z']],
    ['the hour that comes twice is two hours', 'Europe/Berlin', '2024-10-27T01:30:00Z', ['last-x-hours', 1, '2024-10-27T00:00:00.000Z', '2024-10-27T01:30:00.000Z']],
    ['a week has 167 hours', 'America/New_York', '2024-03-13T12:00:00Z', ['this-week', undefined, '2024-03-10T05:00:00.000Z', '2024-03-17T03:59:59.999Z']],
    ['a day without midnight begins at 01:00', 'America/Sao_Paulo', '2018-11-04T12:00:00Z', ['today', undefined, '2018-11-04T03:00:00.000Z', '2018-11-05T01:59:59.999Z']],
    ['a day with two 23:30 ends after the second', 'America/Sao_Paulo', '2018-02-17T12:00:00Z', ['today', undefined, '2018-02-17T02:00:00.000Z', '2018-02-18T02:59:59.999Z']],
    ['full hours are the local ones', 'Asia/Kolkata', '2024-05-15T12:25:00Z', ['olderthan-x-hours', 1, undefined, '2024-05-15T10:29:59.999Z']],
    ['a change by half an hour keeps full hours', 'Australia/Lord_Howe', '2024-04-06T15:15:00Z', ['last-x-hours', 1, '2024-04-06T13:00:00.000Z', '2024-04-06T15:15:00.000Z']],
    ['the day before one that was left out is the day before', 'Pacific/Apia', '2011-12-31T12:00:00Z', ['last-x-days', 2, '2011-12-30T10:00:00.000Z', '2011-12-31T12:00:00.000Z']],
  ] // prettier-ignore
  test.each(cases)('%s (%s)', (_, zone, now, each) => isExactly(zone, now, each))

  test('the day that was left out has no moment', () => {
    const matches = asked('Pacific/Apia', '2011-12-31T12:00:00Z', 'begin', 'on', '2011-12-30')
    expect(['2011-12-30T09:59:59.999Z', '2011-12-30T10:00:00.000Z', '2011-12-30T12:00:00.000Z'].map(matches)).toEqual([false, false, false])
  }) // prettier-ignore
})

describe('[FI4] calendar edges:', () => {
  const cases: readonly [what: string, now: string, Case][] = [
    ['a month back from the 31st is the last of the shorter month', '2024-03-31T12:00:00Z', ['last-x-months', 1, '2024-02-29T00:00:00.000Z', '2024-03-31T12:00:00.000Z']],
    ['a month ahead of the 31st too', '2024-01-31T12:00:00Z', ['next-x-months', 1, '2024-01-31T12:00:00.000Z', '2024-02-29T23:59:59.999Z']],
    ['a year back from 29 February is the 28th', '2024-02-29T12:00:00Z', ['olderthan-x-years', 1, undefined, '2023-02-27T23:59:59.999Z']],
    ['weeks begin on Sunday', '2024-05-19T00:00:00Z', ['this-week', undefined, '2024-05-19T00:00:00.000Z', '2024-05-25T23:59:59.999Z']],
    ['and end on Saturday', '2024-05-18T23:59:59.999Z', ['this-week', undefined, '2024-05-12T00:00:00.000Z', '2024-05-18T23:59:59.999Z']],
    ['last month is the calendar month, over the year', '2024-01-31T12:00:00Z', ['last-month', undefined, '2023-12-01T00:00:00.000Z', '2023-12-31T23:59:59.999Z']],
    ['a span beyond the calendar has everything on its side', '2024-01-31T12:00:00Z', ['last-x-years', 2 ** 31 - 1, undefined, '2024-01-31T12:00:00.000Z']],
    ['and ahead', '2024-01-31T12:00:00Z', ['next-x-days', 2 ** 31 - 1, '2024-01-31T12:00:00.000Z', undefined]],
  ] // prettier-ignore
  test.each(cases)('%s', (_, now, each) => isExactly('UTC', now, each))
})

describe('[FI4] days without a time', () => {
  const inAuckland = (op: string, value?: string | number) =>
    asked('Pacific/Auckland', '2024-05-15T12:25:00Z', 'due', op, value)
  const cases: readonly [string, string | number | undefined, string, string][] = [
    ['today', undefined, '2024-05-16', '2024-05-16'],
    ['last-x-days', 2, '2024-05-14', '2024-05-16'],
    ['next-x-days', 2, '2024-05-16', '2024-05-18'],
    ['last-month', undefined, '2024-04-01', '2024-04-30'],
    ['olderthan-x-months', 1, '0000-01-01', '2024-04-15'],
    ['on-or-after', '2024-05-20', '2024-05-20', '9999-12-31'],
  ]
  test.each(cases)('%s %s are %s to %s, by the calendar of the user', (op, value, first, last) => {
    const day = (text: string, days: number): string => near(`${text}T00:00:00Z`, days * 86_400_000).slice(0, 10)
    const matches = inAuckland(op, value)
    expect([matches(first), matches(last)]).toEqual([true, true])
    if (first !== '0000-01-01') expect(matches(day(first, -1))).toBe(false)
    if (last !== '9999-12-31') expect(matches(day(last, 1))).toBe(false)
  })

  test.each(['last-x-hours', 'next-x-hours', 'olderthan-x-hours', 'olderthan-x-minutes'])('[FI3] have no %s', op => {
    expect(checkFilter(schema, 'job', { column: 'due', op, value: 1 }).map(({ code }) => code)).toEqual(['operator'])
  })
})

test('[FI4] a column without a time zone is compared with the clock on the wall of the user', () => {
  const now = '2024-05-15T22:30:00Z'
  isExactly('Asia/Tokyo', now, ['today', undefined, '2024-05-16T00:00:00.000Z', '2024-05-16T23:59:59.999Z'], 'wall')
  isExactly('Asia/Tokyo', now, ['last-x-hours', 1, '2024-05-16T06:00:00.000Z', '2024-05-16T07:30:00.000Z'], 'wall')
})

test('[FI4] two users ask at one moment and mean two days', () => {
  const now = '2024-05-15T23:30:00Z'
  expect(asked('Europe/Berlin', now, 'begin', 'today')('2024-05-15T12:00:00.000Z')).toBe(false)
  expect(asked('America/New_York', now, 'begin', 'today')('2024-05-15T12:00:00.000Z')).toBe(true)
})

test('time zones are known by their IANA names', () => {
  expect(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia', 'Mars/Olympus', '', "'; drop"].map(isTimeZone)).toEqual([true, true, true, false, false, false]) // prettier-ignore
})
