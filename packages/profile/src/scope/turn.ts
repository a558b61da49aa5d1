import { Temporal } from 'temporal-polyfill'
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
  let steps: Step | undefined
  for (const { table, filter } of scope.tables.values()) {
    if (filter.kind !== 'custom') continue
    visitFilter(table, filter.where, (_, part) => {
      if ('link' in part || !asksTheClock(part)) return
      const step = stepOf(part.op)
      if (steps === undefined || order.indexOf(step) < order.indexOf(steps)) steps = step
    })
  }
  return steps === undefined ? undefined : after(steps, scope.now, scope.person.timeZone ?? 'UTC')
}

type Step = 'minute' | 'hour' | 'day'
const order: readonly Step[] = ['minute', 'hour', 'day']

/** Spans that end or begin now slide with every moment; the others stand until their unit is over. */
const stepOf = (op: string): Step => {
  if (op === 'olderthan-x-hours') return 'hour'
  if (op === 'olderthan-x-minutes' || op === 'last-seven-days' || op === 'next-seven-days') return 'minute'
  if (op.startsWith('last-x-') || op.startsWith('next-x-')) return 'minute'
  return 'day'
}

const after = (step: Step, now: number, timeZone: string): number => {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)
  const begun = step === 'day' ? here.startOfDay() : here.round({ smallestUnit: step, roundingMode: 'floor' })
  return begun.add({ [`${step}s`]: 1 }).epochMilliseconds
}
