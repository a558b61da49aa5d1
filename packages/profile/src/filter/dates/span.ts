import { Temporal } from 'temporal-polyfill'
import type { CountOp, DayOp, PeriodOp } from '../operators.ts'

/**
 * Which stretch of time a date operator means (FI4), before it is known whether days or instants are compared.
 * Days are [00:00, 24:00) of the user's calendar; `now` itself belongs to both what ended and what begins now.
 *
 *     last-x-days   [ start of the day x days ago .. now ]
 *     next-x-days   [ now .. end of the day x days ahead )
 *     olderthan-x   ( .. start of today, of this hour, of this minute, less x )
 */
export interface Span {
  readonly from?: Edge
  readonly to?: Edge
}

/** `day`: its first moment, which as an end is not part of the span; `at`: an instant, part of it unless `open`. */
export type Edge =
  | { readonly day: Temporal.PlainDate }
  | { readonly now: true }
  | { readonly at: Temporal.Instant; readonly open: boolean }

type Day = Temporal.PlainDate

export const spanOfPeriod = (op: PeriodOp, now: Temporal.ZonedDateTime): Span => {
  const today = now.toPlainDate()
  const [which, unit] = op.split('-') as [string, string | undefined]
  switch (unit) {
    case undefined:
      return stretch(today.add({ days: shift(which) }), { days: 1 })
    case 'week':
      // Temporal counts Monday 1 to Sunday 7, and weeks begin on Sunday
      return stretch(today.add({ days: 7 * shift(which) - (today.dayOfWeek % 7) }), { days: 7 })
    case 'month':
      return stretch(today.with({ day: 1 }).add({ months: shift(which) }), { months: 1 })
    case 'year':
      return stretch(today.with({ month: 1, day: 1 }).add({ years: shift(which) }), { years: 1 })
    default:
      return which === 'last' ? spanOfCount('last-x-days', 7, now) : spanOfCount('next-x-days', 7, now)
  }
}

const shift = (which: string): number => {
  if (which === 'last' || which === 'yesterday') return -1
  return which === 'next' || which === 'tomorrow' ? 1 : 0
}

const stretch = (first: Day, length: Temporal.DurationLike): Span => ({
  from: { day: first },
  to: { day: first.add(length) },
})

export const spanOfDay = (op: DayOp, day: string): Span => {
  const date = Temporal.PlainDate.from(day)
  switch (op) {
    case 'on':
      return stretch(date, { days: 1 })
    case 'on-or-before':
      return { to: { day: date.add({ days: 1 }) } }
    case 'on-or-after':
      return { from: { day: date } }
  }
}

export const spanOfCount = (op: CountOp, count: number, now: Temporal.ZonedDateTime): Span => {
  const [which, , unit] = op.split('-') as [string, string, Unit]
  // no stored year lies further away, and the calendar ends somewhere
  const far = { [unit]: Math.min(count, furthest[unit]) }
  if (unit === 'hours' || unit === 'minutes') {
    const instant = now.toInstant()
    if (which === 'next') return { from: { now: true }, to: { at: instant.add(far), open: false } }
    const smallestUnit = unit === 'hours' ? 'hour' : 'minute'
    const at = now.round({ smallestUnit, roundingMode: 'floor' }).toInstant().subtract(far)
    return which === 'last' ? { from: { at, open: false }, to: { now: true } } : { to: { at, open: true } }
  }
  const today = now.toPlainDate()
  if (which === 'next') return { from: { now: true }, to: { day: today.add(far).add({ days: 1 }) } }
  const day = today.subtract(far)
  return which === 'last' ? { from: { day }, to: { now: true } } : { to: { day } }
}

type Unit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years'
const furthest: Readonly<Record<Unit, number>> = {
  minutes: 6_000_000_000,
  hours: 100_000_000,
  days: 4_400_000,
  weeks: 620_000,
  months: 144_000,
  years: 12_000,
}
