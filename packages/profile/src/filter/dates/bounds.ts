import { Temporal } from 'temporal-polyfill'
import type { Column } from '../../schema/schema.ts'
import type { Asking } from '../asking.ts'
import type { Edge, Span } from './span.ts'

/** One end of a range of values in their stored spelling. */
export interface Bound {
  readonly value: string | number
  /** the value itself is not part of the range */
  readonly open: boolean
}

export interface Bounds {
  readonly low?: Bound
  readonly high?: Bound
}

export type Now = Temporal.ZonedDateTime

/**
 * The user's clock as a column sees it. Columns without a time zone hold wall-clock times that are spelled as if they
 * were UTC, so they are compared with the user's wall clock spelled the same way.
 */
export const nowFor = (column: Column, { now, person }: Asking): Now => {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(person.timeZone ?? 'UTC')
  return column.timeZoneIndependent === true ? here.toPlainDateTime().toZonedDateTime('UTC') : here
}

/** A span as bounds of the values of a date column (its days) or of a datetime column (UTC times to the millisecond). */
export const boundsOf = (span: Span, column: Column, now: Now): Bounds => {
  const spell = column.type === 'date' ? spellDay : spellInstant
  return {
    ...(span.from === undefined ? {} : { low: spell(span.from, now, false) }),
    ...(span.to === undefined ? {} : { high: spell(span.to, now, true) }),
  }
}

/** For a column of days, now is today: it belongs to the days that have been and to those to come. */
const spellDay = (edge: Edge, now: Now, isEnd: boolean): Bound => {
  if ('day' in edge) return { value: withinYears(edge.day.year, edge.day.toString()), open: isEnd }
  if ('now' in edge) return { value: now.toPlainDate().toString(), open: false }
  throw new Error('hours and minutes were asked of a column of days')
}

const spellInstant = (edge: Edge, now: Now, isEnd: boolean): Bound => {
  if ('day' in edge) {
    // the first moment of the day, which where clocks go forward at midnight is 01:00
    const begin = edge.day.toZonedDateTime(now.timeZoneId).toInstant()
    return { value: utcText(begin), open: isEnd }
  }
  return 'now' in edge ? { value: utcText(now.toInstant()), open: false } : { value: utcText(edge.at), open: edge.open }
}

const utcText = (instant: Temporal.Instant): string => {
  const { year } = instant.toZonedDateTimeISO('UTC')
  return withinYears(year, instant.toString({ fractionalSecondDigits: 3 }))
}

/** Stored years have four digits; before them comes the empty text, after them `~`. */
const withinYears = (year: number, text: string): string => {
  if (year < 0) return ''
  return year > 9999 ? '~' : text
}

/** Whether this engine knows the zone: what an administrator writes is checked before it reaches a filter. */
export const isTimeZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}
