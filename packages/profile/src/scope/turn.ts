import { Temporal } from 'temporal-polyfill'
import type { Asking } from '../filter/asking.ts'
import type { Filter } from '../filter/filter.ts'
import { asksTheClock } from '../filter/probe.ts'
import { visitFilter } from '../filter/walk.ts'
import type { Scope } from './scope.ts'

/**
 * When relative dates mean other rows than at the scope's `now` (DS6): at the next midnight of the person's, at the next
 * full hour, or, where a filter reaches from or to this very moment, at the next full minute.
 *
 * @returns ms since 1970; undefined where no filter asks the clock
 */
export const turnOf = (scope: Scope): number | undefined => {
  const steps = [...scope.tables.values()].flatMap(({ table, filter }) =>
    filter.kind === 'custom' ? (stepIn(table, filter.where) ?? []) : [],
  )
  const shortest = order.find(step => steps.includes(step))
  return shortest === undefined ? undefined : after(shortest, scope)
}

/** The same of one filter on a table, asked by one person. */
export const turnOfFilter = (table: string, filter: Filter, asking: Asking): number | undefined => {
  const step = stepIn(table, filter)
  return step === undefined ? undefined : after(step, asking)
}

/** The same for two scopes in which the dates of a filter on a table mean the same. */
export const momentOf = (table: string, filter: Filter, scope: Scope): string => {
  const step = stepIn(table, filter)
  const zone = scope.person.timeZone ?? 'UTC'
  if (step === undefined) return zone
  return `${zone} ${step === 'minute' ? scope.now : after(step, scope)}`
}

type Step = 'minute' | 'hour' | 'day'
const order: readonly Step[] = ['minute', 'hour', 'day']

const stepIn = (table: string, filter: Filter): Step | undefined => {
  const steps: Step[] = []
  visitFilter(table, filter, (_, part) => {
    if (!('link' in part) && asksTheClock(part)) steps.push(stepOf(part.op))
  })
  return order.find(step => steps.includes(step))
}

/** Spans that end or begin now slide with every moment; the others stand until their unit is over. */
const stepOf = (op: string): Step => {
  if (op === 'olderthan-x-hours') return 'hour'
  if (op === 'olderthan-x-minutes' || op === 'last-seven-days' || op === 'next-seven-days') return 'minute'
  if (op.startsWith('last-x-') || op.startsWith('next-x-')) return 'minute'
  return 'day'
}

const after = (step: Step, { now, person }: Asking): number => {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(person.timeZone ?? 'UTC')
  const begun = step === 'day' ? here.startOfDay() : here.round({ smallestUnit: step, roundingMode: 'floor' })
  const next = begun.add({ [`${step}s`]: 1 })
  // a day may begin at 01:00, and the next one at midnight all the same
  return (step === 'day' ? next.startOfDay() : next).epochMilliseconds
}
