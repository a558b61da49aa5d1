import type { Filter, Person, Value } from '@rejoin/profile'
import type { Row, World } from './world.fixture.ts'
import { schema } from './world.fixture.ts'

/**
 * Filters answered from the statements alone, row by row, sharing no code with the evaluations: a row's instant is given
 * its local calendar day by Intl and days are compared, instead of computing where days begin.
 */
export const naive = (world: World, table: string, filter: Filter, row: Row): boolean => {
  if ('all' in filter) return !filter.all.some(member => !naive(world, table, member, row))
  if ('any' in filter) return filter.any.some(member => naive(world, table, member, row))
  if ('link' in filter) {
    const id = cell(table, filter.to, row)
    const there = (filter.table === 'job' ? world.jobs : world.visits).filter(each => !world.gone.has(each.id))
    const found = there.some(
      each =>
        typeof id === 'string' &&
        cell(filter.table, filter.from, each) === id &&
        (filter.where === undefined || naive(world, filter.table, filter.where, each)),
    )
    return (filter.link === 'any') === found
  }
  const type = typeOf(table, filter.column)
  const found = filter as { op: string; value?: unknown }
  const value = cell(table, filter.column, row)
  const positive = opposites[found.op]
  return positive === undefined
    ? value !== null && holds(world, type, found.op, found.value, value)
    : !(value !== null && holds(world, type, positive, found.value, value))
}

const opposites: Readonly<Record<string, string>> = {
  ne: 'eq',
  'not-in': 'in',
  'not-between': 'between',
  'not-like': 'like',
  'not-begin-with': 'begins-with',
  'not-end-with': 'ends-with',
  'ne-userid': 'eq-userid',
  'ne-businessid': 'eq-businessid',
  null: 'not-null',
}

const typeOf = (table: string, name: string): string => {
  const column = schema.tables.get(table)?.byName.get(name)
  return column === undefined ? 'key' : column.timeZoneIndependent === true ? 'wall' : column.type
}

/** null also where the value is not of the column's kind */
const cell = (table: string, name: string, row: Row): Value => {
  const column = schema.tables.get(table)?.byName.get(name)
  if (column === undefined) return row.id
  const value = row.fields[column.id] ?? null
  const kinds: Readonly<Record<string, string[]>> = {
    integer: ['number'],
    number: ['number'],
    boolean: ['boolean'],
    choice: ['number', 'string'],
    choices: ['object'],
  }
  return (kinds[column.type] ?? ['string']).includes(typeof value) ? value : null
}

const holds = ({ person, now }: World, type: string, op: string, asked: unknown, value: Value): boolean => {
  const isText = type === 'string' || type === 'text'
  const order = (left: unknown, right: unknown): number => {
    if (typeof left !== typeof right) return Number.NaN
    if (typeof left === 'number') return left < Number(right) ? -1 : left > Number(right) ? 1 : 0
    const [a, b] = [left, right].map(each => (isText ? folded(String(each)) : [...String(each)]).map(codeOf)) as [
      number[],
      number[],
    ]
    const at = a.findIndex((code, index) => code !== b[index])
    return at === -1 ? a.length - b.length : b[at] === undefined ? 1 : (a[at] ?? 0) - (b[at] ?? 0)
  }
  const same = (other: unknown): boolean =>
    other !== undefined && (type === 'boolean' ? value === other : order(value, other) === 0)
  const list = asked as unknown[]
  switch (op) {
    case 'not-null':
      return true
    case 'eq':
      return same(asked)
    case 'gt':
      return order(value, asked) > 0
    case 'ge':
      return order(value, asked) >= 0
    case 'lt':
      return order(value, asked) < 0
    case 'le':
      return order(value, asked) <= 0
    case 'between':
      return order(value, list[0]) >= 0 && order(value, list[1]) <= 0
    case 'in':
      return list.some(same)
    case 'contain-values':
      return (value as unknown[]).some(each => list.includes(each))
    case 'like':
      return like(String(asked), String(value))
    case 'begins-with':
      return like(`${asked}%`, String(value))
    case 'ends-with':
      return like(`%${asked}`, String(value))
    case 'eq-userlanguage':
      return same(person.language)
    case 'eq-userid':
    case 'eq-businessid':
    case 'eq-userteams':
    case 'eq-useroruserteams':
    case 'eq-useroruserhierarchy':
    case 'eq-useroruserhierarchyandteams':
      return mine(person, op).includes(String(value))
    default:
      return inTime(person, now, type, op, asked, String(value))
  }
}

const mine = (person: Person, op: string): string[] => {
  if (op === 'eq-businessid') return person.unit === undefined ? [] : [person.unit]
  return [
    ...(op === 'eq-userteams' ? [] : [person.id]),
    ...(op.includes('teams') ? person.teams : []),
    ...(op.includes('hierarchy') ? (person.below?.people ?? []) : []),
    ...(op.endsWith('hierarchyandteams') ? (person.below?.teams ?? []) : []),
  ]
}

const pairs: Readonly<Record<string, string>> = { '\u212a': 'k', É: 'é', ẞ: 'ß', ſ: 's', ς: 'σ', Σ: 'σ', ﬅ: 'ﬆ', '\uff21': '\uff41', '\u{10400}': '\u{10428}' } // prettier-ignore
const folded = (text: string): string[] =>
  [...text].map(each => pairs[each] ?? (/[A-Z]/.test(each) ? each.toLowerCase() : each))
const codeOf = (character: string): number => character.codePointAt(0) ?? 0

const like = (pattern: string, value: string): boolean => {
  const tokens =
    folded(pattern)
      .join('')
      .match(/\[[^\]]*\]|[\s\S]/gu) ?? []
  const text = folded(value)
  const matches = (token: string, character: string): boolean => {
    if (token === '_') return true
    if (token.length === 1 || !/^\[.*\]$/su.test(token)) return token === character
    const not = token[1] === '^'
    const members = token.slice(not ? 2 : 1, -1).match(/.-.|./gsu) ?? []
    const among = members.some(member => {
      const [first = '', , last = first] = [...member]
      return codeOf(first) <= codeOf(character) && codeOf(character) <= codeOf(last)
    })
    return among !== not
  }
  // reachable[j]: the tokens so far can end after j characters
  let reachable = [true, ...text.map(() => false)]
  for (const token of tokens) {
    const next = reachable.map((_, index) =>
      token === '%'
        ? reachable.slice(0, index + 1).includes(true)
        : index > 0 && reachable[index - 1] === true && matches(token, text[index - 1] ?? ''),
    )
    reachable = next
  }
  return reachable.at(-1) === true
}

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()
const parts = (at: number, zone: string): Record<string, number> => {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }) // prettier-ignore
  formats.set(zone, format)
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
}
const wallOf = (at: number, zone: string): number => {
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts(at, zone)
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000)
}
/** Days since 1970 of the local calendar. */
const dayOf = (at: number, zone: string): number => Math.floor(wallOf(at, zone) / DAY)

const inTime = (person: Person, clock: number, type: string, op: string, asked: unknown, value: string): boolean => {
  const home = person.timeZone ?? 'UTC'
  const zone = type === 'wall' ? 'UTC' : home
  const now = type === 'wall' ? wallOf(clock, home) : clock
  const today = dayOf(now, zone)
  const at = Date.parse(value)
  const day = type === 'date' ? Math.floor(at / DAY) : dayOf(at, zone)
  const past = type === 'date' ? day <= today : at <= now
  const ahead = type === 'date' ? day >= today : at >= now
  const x = Number(asked)
  const [year, month] = [new Date(today * DAY).getUTCFullYear(), new Date(today * DAY).getUTCMonth()]
  const sunday = today - new Date(today * DAY).getUTCDay()
  const between = (first: number, last: number): boolean => day >= first && day < last
  const firstOf = (y: number, m: number): number => Math.floor(Date.UTC(y, m, 1) / DAY)
  if (op === 'on') return day === Date.parse(String(asked)) / DAY
  if (op === 'on-or-before') return day <= Date.parse(String(asked)) / DAY
  if (op === 'on-or-after') return day >= Date.parse(String(asked)) / DAY
  const [which = '', middle = '', unit = ''] = op.split('-')
  const sign = which === 'next' ? 1 : -1
  if (middle === 'seven') return sign < 0 ? day >= today - 7 && past : ahead && day <= today + 7
  if (middle === 'x' && (unit === 'hours' || unit === 'minutes')) {
    const length = x * (unit === 'hours' ? 3_600_000 : 60_000)
    if (which === 'next') return at >= now && at <= now + length
    let full = now - (((now % 60_000) + 60_000) % 60_000)
    while (unit === 'hours' && parts(full, zone)['minute'] !== 0) full -= 60_000
    return which === 'last' ? at >= full - length && at <= now : at < full - length
  }
  if (middle === 'x') {
    const edge = moved(today, sign * x, unit)
    if (which === 'next') return ahead && day <= edge
    return which === 'last' ? day >= edge && past : day < edge
  }
  const shift = which === 'last' ? -1 : which === 'next' ? 1 : 0
  if (middle === 'week') return between(sunday + 7 * shift, sunday + 7 * shift + 7)
  if (middle === 'month') return between(firstOf(year, month + shift), firstOf(year, month + shift + 1))
  if (middle === 'year') return between(firstOf(year + shift, 0), firstOf(year + shift + 1, 0))
  return day === today + ({ today: 0, yesterday: -1, tomorrow: 1 }[op] ?? Number.NaN)
}

/** A calendar day moved by days, weeks, months or years; from the 31st to the last day of a shorter month. */
const moved = (day: number, by: number, unit: string): number => {
  if (unit === 'days' || unit === 'weeks') return day + by * (unit === 'weeks' ? 7 : 1)
  const date = new Date(day * DAY)
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + by * (unit === 'years' ? 12 : 1)
  const [year, month] = [Math.floor(months / 12), ((months % 12) + 12) % 12]
  if (year < -200_000) return Number.NEGATIVE_INFINITY
  if (year > 200_000) return Number.POSITIVE_INFINITY
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Math.floor(Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / DAY)
}
