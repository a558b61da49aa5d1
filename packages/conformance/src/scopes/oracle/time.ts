/**
 * Date operators (FI3, FI4) from the statements alone: an instant is given its local calendar day by Intl and days are
 * compared; where days begin is never computed.
 */
export interface Moment {
  /** ms since 1970 */
  readonly now: number
  /** IANA name */
  readonly zone: string
}

/** @param kind `wall`: time-zone independent, its text is what a clock on a wall shows */
export const inTime = (
  { now: clock, zone: home }: Moment,
  kind: 'date' | 'datetime' | 'wall',
  op: string,
  asked: unknown,
  value: string,
): boolean => {
  const zone = kind === 'wall' ? 'UTC' : home
  const now = kind === 'wall' ? wallOf(clock, home) : clock
  const today = dayOf(now, zone)
  const at = Date.parse(value)
  const day = kind === 'date' ? Math.floor(at / DAY) : dayOf(at, zone)
  const past = kind === 'date' ? day <= today : at <= now
  const ahead = kind === 'date' ? day >= today : at >= now
  const count = op.endsWith('seven-days') ? 7 : Number(asked)
  const date = new Date(today * DAY)
  const [year, month, sunday] = [date.getUTCFullYear(), date.getUTCMonth(), today - date.getUTCDay()]
  const [which = '', middle = '', last = ''] = op.split('-')
  const sign = which === 'next' ? 1 : -1
  if (op === 'on') return day === dayNamed(asked)
  if (op === 'on-or-before') return day <= dayNamed(asked)
  if (op === 'on-or-after') return day >= dayNamed(asked)
  if (op === 'today') return day === today
  if (op === 'yesterday') return day === today - 1
  if (op === 'tomorrow') return day === today + 1
  if (last === 'hours' || last === 'minutes') {
    const length = count * (last === 'hours' ? 3_600_000 : 60_000)
    if (which === 'next') return at >= now && at <= now + length
    let full = now - mod(now, 60_000)
    while (last === 'hours' && partsOf(full, zone)['minute'] !== 0) full -= 60_000
    return which === 'last' ? at >= full - length && at <= now : at < full - length
  }
  if (middle === 'x' || middle === 'seven') {
    const edge = moved(today, sign * count, last)
    if (which === 'next') return ahead && day <= edge
    return which === 'last' ? day >= edge && past : day < edge
  }
  const shift = which === 'last' ? -1 : which === 'next' ? 1 : 0
  const within = (first: number, end: number): boolean => day >= first && day < end
  if (middle === 'week') return within(sunday + 7 * shift, sunday + 7 * shift + 7)
  if (middle === 'month') return within(firstOf(year, month + shift), firstOf(year, month + shift + 1))
  if (middle === 'year') return within(firstOf(year + shift, 0), firstOf(year + shift + 1, 0))
  throw new Error(`the oracle does not know ${op}`)
}

const DAY = 86_400_000
const mod = (a: number, b: number): number => ((a % b) + b) % b
const dayNamed = (text: unknown): number => Date.parse(String(text)) / DAY
const firstOf = (year: number, month: number): number => Math.floor(Date.UTC(year, month, 1) / DAY)

const formats = new Map<string, Intl.DateTimeFormat>()
const partsOf = (at: number, zone: string): Record<string, number> => {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const // prettier-ignore
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...fields })
  formats.set(zone, format)
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
}

/** What a clock on a wall shows, as if it were UTC. */
const wallOf = (at: number, zone: string): number => {
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = partsOf(at, zone)
  return Date.UTC(year, month - 1, day, hour, minute, second) + mod(at, 1000)
}

/** Days since 1970 of the local calendar. */
const dayOf = (at: number, zone: string): number => Math.floor(wallOf(at, zone) / DAY)

/** A calendar day moved; from the 31st to the last day of a shorter month. */
const moved = (day: number, by: number, unit: string): number => {
  if (unit === 'days' || unit === 'weeks') return day + by * (unit === 'weeks' ? 7 : 1)
  const date = new Date(day * DAY)
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + by * (unit === 'years' ? 12 : 1)
  const [year, month] = [Math.floor(months / 12), mod(months, 12)]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Math.floor(Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / DAY)
}
