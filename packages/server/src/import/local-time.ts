import { DateTime } from 'luxon'

/**
 * Times as people wrote them, as instants. A clock that is set forward skips an hour (a time in it never
 * was), one that is set back repeats an hour (a time in it was twice): both get a definite instant and a word
 * for the report.
 */
export type Instant =
  | { readonly ok: true; readonly iso: string; readonly repaired?: 'gap' | 'fold' }
  | { readonly ok: false }

export const instantOf = (text: string, zone: string, format: string | undefined): Instant => {
  if (format !== undefined && names.offset.test(format.replace(/'[^']*'/g, ''))) {
    return zoned(DateTime.fromFormat(text, format, { zone }))
  }
  if (format === undefined && zoneAtEnd.test(text)) return zoned(anyIso(text))
  // read in a zone without gaps, so that a skipped hour is seen and not silently moved
  const wall = format === undefined ? anyIso(text) : DateTime.fromFormat(text, format, { zone: 'utc' })
  if (!wall.isValid) return { ok: false }
  const local = wall.setZone(zone, { keepLocalTime: true })
  if (!local.isValid) return { ok: false }
  const iso = new Date(local.toMillis()).toISOString()
  if (local.hour !== wall.hour || local.minute !== wall.minute) return { ok: true, iso, repaired: 'gap' }
  const possible = local.getPossibleOffsets()
  if (possible.length === 1) return { ok: true, iso }
  const earlier = Math.min(...possible.map(each => each.toMillis()))
  return { ok: true, iso: new Date(earlier).toISOString(), repaired: 'fold' }
}

/** A calendar date; `timeLost` where the cell also had a time other than midnight. */
export const dateOf = (
  text: string,
  format: string | undefined,
): { readonly date: string; readonly timeLost: boolean } | undefined => {
  const wall =
    format === undefined ? anyIso(text.replace(zoneAtEnd, '$1')) : DateTime.fromFormat(text, format, { zone: 'utc' })
  const date = wall.isValid ? wall.toISODate() : null
  if (date === null) return undefined
  return { date, timeLost: wall.toMillis() !== wall.startOf('day').toMillis() }
}

const names = { offset: /[zZ]/ }
/** a zone directly behind a time, so that the last part of a date is not taken for one */
const zoneAtEnd = /(:\d\d(?:\.\d+)?)\s*(?:Z|[+-]\d\d(?::?\d\d)?)$/i

const anyIso = (text: string): DateTime => {
  const iso = DateTime.fromISO(
    text.replace(/^(\d{4}-\d\d-\d\d) +/, '$1T').replace(/ +(?=(?:Z|[+-]\d\d(?::?\d\d)?)$)/i, ''),
    { zone: 'utc' },
  )
  return plausible.test(text) ? iso : DateTime.invalid('no date')
}
/** fromISO also reads week numbers and bare years: a cell `2011` is no date */
const plausible = /^\d{4}-\d\d-\d\d/

const zoned = (time: DateTime): Instant =>
  time.isValid ? { ok: true, iso: new Date(time.toMillis()).toISOString() } : { ok: false }
