import {
  compileSchema,
  type Fields,
  type Filter,
  type Operator,
  type Person,
  type Schema,
  type Value,
} from '@rejoin/profile'
import fc from 'fast-check'

/**
 * Small worlds for filters: two tables of some rows, people in several time zones, moments at which clocks change. Values
 * are few and near one another, so that generated filters and rows meet.
 */
const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'none',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { id: 'subject', name: 'title', type: 'string' },
        { name: 'hours', type: 'integer' },
        { name: 'price', type: 'number' },
        { name: 'begin', type: 'datetime' },
        { name: 'wall', type: 'datetime', timeZoneIndependent: true },
        { name: 'due', type: 'date' },
        { name: 'open', type: 'boolean' },
        { name: 'status', type: 'choice', choices: [1, 2, '1', 'b'].map(value => ({ value, label: 'x' })) },
        { name: 'tags', type: 'choices', choices: [1, 2, 3, '1'].map(value => ({ value, label: 'x' })) },
        { name: 'owner', type: 'lookup', target: 'user', external: true },
        { name: 'part', type: 'guid' },
        { name: 'parent', type: 'lookup', target: 'job' },
      ],
    },
    {
      name: 'visit',
      ownership: 'none',
      primaryKey: 'visitid',
      primaryName: 'note',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'note', type: 'text' },
        { name: 'job', type: 'lookup', target: 'job' },
        { name: 'begin', type: 'datetime' },
        { name: 'owner', type: 'lookup', target: 'user', external: true },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
export const schema: Schema = compiled.value

/** Hours ahead of UTC at one time or another. */
export const zones = {
  UTC: [0],
  'Europe/Berlin': [1, 2],
  'America/New_York': [-5, -4],
  'America/Sao_Paulo': [-3, -2],
  'Asia/Kolkata': [5.5],
  'Australia/Lord_Howe': [10.5, 11],
  'Pacific/Apia': [-10, 13, 14],
  'Africa/Cairo': [2, 3],
} as const
export type Zone = keyof typeof zones
const zoneNames = Object.keys(zones) as Zone[]

/** Around clock changes (in Cairo and São Paulo at midnight), a day that was left out, ends of months and leap days. */
const moments = [
  '2024-03-31T00:30:00.000Z',
  '2024-03-31T22:00:00.000Z',
  '2024-10-27T00:59:59.999Z',
  '2024-10-27T01:30:00.000Z',
  '2024-03-10T07:00:00.000Z',
  '2018-11-04T12:00:00.000Z',
  '2018-11-05T02:30:00.000Z',
  '2024-04-06T15:15:00.000Z',
  '2011-12-31T10:30:00.000Z',
  '2024-04-26T12:00:00.000Z',
  '2024-02-29T12:00:00.000Z',
  '2023-12-31T23:30:00.123Z',
  '2024-05-31T18:29:59.999Z',
  '1970-01-01T00:00:00.000Z',
].map(text => Date.parse(text))
export const moment: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...moments) },
  {
    weight: 1,
    // any day and time of day, few enough that arbitraries are found again
    arbitrary: fc.integer({ min: 0, max: 40 }).map(n => Date.parse('2010-01-01T00:00:00Z') + n * 12_702_123_457),
  },
)

const ids = ['a', 'A', 'b', 'c', 'ann', 'bob', 'red', 'blue', 'west', 'x_', "o'k".replace("'", ':')]
const guids = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
const characters = ['a', 'B', 'b', 'k', 'K', '\u212a', 'é', 'É', 'e', 'ß', 'ẞ', 's', 'ſ', 'σ', 'ς', 'Σ', 'ﬅ', 'ﬆ', ' ', '\n', '\\',
  '%', '_', '[', ']', '^', '-', '!', "'", '"', '\u0001', '\ud7ff', '\ue000', '\uff21', '\uffff', '\u{1f600}', '\u{10400}', '\u{10428}', '\u{10ffff}'] // prettier-ignore
const text: fc.Arbitrary<string> = fc.array(fc.constantFrom(...characters), { maxLength: 5 }).map(each => each.join(''))
/** About as long as the beginning that PostgreSQL searches by, so that many differ behind it only. */
const longText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('A', 'a', '\u{1f600}', '\u0001'), fc.constantFrom(398, 399, 400), fc.constantFrom('', 'a', 'B', 'b', 'ab', '\u{10ffff}'))
  .map(([each, times, end]) => each.repeat(times) + end) // prettier-ignore
const anyText = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: longText })
const longBeginning = fc.constantFrom('a', 'b', '').map(end => 'A'.repeat(399) + end)
const piece = fc.constantFrom('%', '_', '[ab]', '[a-k]', '[^a]', '[^a-z]', '[]', '[^]', '[z-a]', '[A-Z]', '[-a]', '[a-]', '[%_]', '[^-\u{1f600}]', '[[]', '[a', '[σ-ω]', '[\\]', '[\ud7ff-\ue000]', '%%', '!', '!!', '[!]', 'a', 'É', '\u{1f600}', 'ſ') // prettier-ignore
const pattern: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 3, arbitrary: piece }, fc.constantFrom(...characters)), { maxLength: 6 })
  .map(each => each.join(''))

const HOUR = 3_600_000
const DAY = 24 * HOUR
const iso = (at: number): string => new Date(at).toISOString()
const instants = new Map<string, fc.Arbitrary<string>>()
/** Around a moment and around midnights of a zone near it, to the millisecond. */
const instantNear = (now: number, zone: Zone): fc.Arbitrary<string> => {
  const known = instants.get(`${now} ${zone}`)
  if (known !== undefined) return known
  const edge = fc.constantFrom(0, 0, -1, 1)
  const hour = fc
    .tuple(fc.constantFrom(0, 0, 1, -1, 2, -2, 3, 24, -24, 25, -25), fc.constantFrom(0, 1, 0.5), edge)
    .map(([hours, full, ms]) => (full === 0 ? now : Math.floor(now / (full * HOUR)) * full * HOUR) + hours * HOUR + ms)
  const midnight = fc
    .tuple(fc.constantFrom(...nearDays), fc.constantFrom(...zones[zone]), edge)
    .map(([days, offset, ms]) => (Math.floor((now + offset * HOUR) / DAY) + days) * DAY - offset * HOUR + ms)
  const made = fc.oneof({ weight: 1, arbitrary: hour }, { weight: 2, arbitrary: midnight }).map(iso)
  instants.set(`${now} ${zone}`, made)
  return made
}
const nearDays = [0, 0, 1, 1, -1, 2, -2, 3, -3, 6, -6, 7, -7, 8, 14, -14, 30, -30, 31, -31, 32, 366, -366]
const dayNear = (now: number): fc.Arbitrary<string> =>
  fc
    .constantFrom(0, 1, -1, 2, -2, 6, -6, 7, -7, 8, -8, 28, -28, 29, 30, -30, 31, -31, 365, -365, 366, -366)
    .map(days => iso(now + days * 24 * HOUR).slice(0, 10))

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 4 })
const without = (fields: Record<string, Value | undefined>): Fields =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined))

const numbers = [
  0, 1, -1, 2, 10, 0.1, 0.30000000000000004, 1e17, 123456789012345680, 123456789012345680000, 1e300, 5e-324, -0.5,
]
const integers = [0, 1, -1, 2, 10, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 1031]

const values = (now: number, zone: Zone): Readonly<Record<string, fc.Arbitrary<Value>>> => ({
  jobid: fc.constantFrom(...ids),
  visitid: fc.constantFrom(...ids),
  title: anyText,
  note: anyText,
  hours: fc.constantFrom(...integers),
  price: fc.constantFrom(...numbers),
  begin: instantNear(now, zone),
  wall: instantNear(now, zone),
  due: dayNear(now),
  open: fc.boolean(),
  status: fc.constantFrom<Value>(1, 2, '1', 'b'),
  tags: fc.constantFrom(1, 2, 3, '1'),
  owner: fc.constantFrom(...ids),
  part: fc.constantFrom(...guids),
  parent: fc.constantFrom(...ids),
  job: fc.constantFrom(...ids),
})

export interface Row {
  readonly id: string
  readonly fields: Fields
}
/** What no gate lets in, but a column whose type has changed since may hold. */
const stray = fc.constantFrom<Value>(5, '5', true, false, '', 'text', [1, '1'], ['a'], 1)

const rowOf = (table: string, now: number, zone: Zone): fc.Arbitrary<Fields> => {
  const of = values(now, zone)
  const columns = schema.tables.get(table)?.columns ?? []
  const cells = columns.map(({ name, type }) => {
    const value = of[name] ?? fc.constant(null)
    const cell =
      type === 'choices' ? fc.uniqueArray(value as fc.Arbitrary<number>, { minLength: 1, maxLength: 3 }) : value
    const odd = type.startsWith('date') ? stray.filter(each => typeof each !== 'string') : stray
    return some(fc.oneof({ weight: 12, arbitrary: cell }, { weight: 1, arbitrary: odd }))
  })
  return fc
    .tuple(...cells)
    .map(row => without(Object.fromEntries(columns.map(({ id }, index) => [id, row[index] as Value | undefined]))))
}
const rowsOf = (table: string, now: number, zone: Zone, most: number): fc.Arbitrary<Row[]> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...ids), rowOf(table, now, zone)), {
      selector: ([id]) => id,
      minLength: 1,
      maxLength: most,
    })
    .map(rows => rows.map(([id, fields]) => ({ id, fields })))

const compare: Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
const span: Operator[] = ['between', 'not-between']
const people: Operator[] = ['eq-userid', 'ne-userid', 'eq-userteams', 'eq-useroruserteams', 'eq-useroruserhierarchy', 'eq-useroruserhierarchyandteams', 'eq-businessid', 'ne-businessid'] // prettier-ignore
const patterns: Operator[] = ['like', 'not-like', 'begins-with', 'not-begin-with', 'ends-with', 'not-end-with']
const days: Operator[] = ['on', 'on-or-before', 'on-or-after']
const periods: Operator[] = ['today', 'yesterday', 'tomorrow', 'this-week', 'last-week', 'next-week', 'this-month', 'last-month', 'next-month', 'this-year', 'last-year', 'next-year', 'last-seven-days', 'next-seven-days'] // prettier-ignore
const counts: Operator[] = ['last-x-days', 'last-x-weeks', 'last-x-months', 'last-x-years', 'next-x-days', 'next-x-weeks', 'next-x-months', 'next-x-years', 'olderthan-x-days', 'olderthan-x-weeks', 'olderthan-x-months', 'olderthan-x-years'] // prettier-ignore
const clocks: Operator[] = ['last-x-hours', 'next-x-hours', 'olderthan-x-hours', 'olderthan-x-minutes']

const conditionOn = (table: string, name: string, now: number, zone: Zone): fc.Arbitrary<Filter> => {
  const type = schema.tables.get(table)?.byName.get(name)?.type ?? 'guid'
  const value = values(now, zone)[name] ?? fc.constant(null)
  const one = (ops: Operator[], of: fc.Arbitrary<unknown>): fc.Arbitrary<Filter>[] =>
    ops.length === 0
      ? []
      : [fc.record({ column: fc.constant(name), op: fc.constantFrom(...ops), value: of }) as fc.Arbitrary<Filter>]
  const none = (ops: Operator[]): fc.Arbitrary<Filter> =>
    fc.record({ column: fc.constant(name), op: fc.constantFrom(...ops) }) as fc.Arbitrary<Filter>
  const list = fc.array(value, { maxLength: 4 })
  const presence = none(['null', 'not-null'])
  const dates = [
    ...one(days, dayNear(now)),
    none(periods),
    ...one(counts, fc.constantFrom(1, 1, 2, 3, 7, 12, 2 ** 31 - 1)),
  ]
  const ordered = [
    ...one(compare, value),
    ...one(span, fc.tuple(value, value)),
    ...one(['in', 'not-in'], list),
    presence,
  ]
  switch (type) {
    case 'guid':
    case 'lookup':
      return fc.oneof(...one(['eq', 'ne'], value), ...one(['in', 'not-in'], list), presence, none(people))
    case 'string':
    case 'text':
      return fc.oneof(
        ...ordered,
        none(['eq-userlanguage']),
        ...one(patterns, pattern),
        ...one(patterns, pattern),
        ...one(patterns, text),
        ...one(patterns, longBeginning),
      )
    case 'boolean':
      return fc.oneof(...one(['eq', 'ne'], value), presence)
    case 'choices':
      return fc.oneof(...one(['contain-values'], list), presence)
    case 'date':
      return fc.oneof(...ordered, ...dates, ...dates)
    case 'datetime':
      return fc.oneof(...ordered, ...dates, ...dates, ...one(clocks, fc.constantFrom(1, 2, 24, 25, 48, 600)))
    case 'integer':
    case 'choice':
      return fc.oneof(...ordered, none(['eq-userlanguage']))
    default:
      return fc.oneof(...ordered)
  }
}

const conditionOf = (table: string, now: number, zone: Zone): fc.Arbitrary<Filter> =>
  once([table, now, zone].join(), () => {
    const of = schema.tables.get(table)
    const names = [...(of?.columns ?? []).map(({ name }) => name), of?.primaryKey ?? '']
    return fc.oneof(...names.map(name => conditionOn(table, name, now, zone)))
  })

const joins = [
  { table: 'visit', from: 'job', to: 'jobid', on: 'job' },
  { table: 'visit', from: 'owner', to: 'owner', on: 'job' },
  { table: 'visit', from: 'visitid', to: 'parent', on: 'job' },
  { table: 'job', from: 'jobid', to: 'parent', on: 'job' },
  { table: 'job', from: 'parent', to: 'jobid', on: 'job' },
  { table: 'job', from: 'jobid', to: 'job', on: 'visit' },
  { table: 'visit', from: 'owner', to: 'owner', on: 'visit' },
]

/** The same arbitrary for the same question: building them costs more than drawing from them. */
const built = new Map<string, fc.Arbitrary<Filter>>()
const once = (key: string, build: () => fc.Arbitrary<Filter>): fc.Arbitrary<Filter> => {
  const known = built.get(key)
  if (known !== undefined) return known
  if (built.size > 2000) built.clear()
  const made = build()
  built.set(key, made)
  return made
}

const filterOf = (table: string, now: number, zone: Zone, levels = 3, links = 2): fc.Arbitrary<Filter> =>
  once([table, now, zone, levels, links].join(), () => buildFilter(table, now, zone, levels, links))

const buildFilter = (table: string, now: number, zone: Zone, levels: number, links: number): fc.Arbitrary<Filter> => {
  const condition = conditionOf(table, now, zone)
  const options: fc.WeightedArbitrary<Filter>[] = [{ weight: 16, arbitrary: condition }]
  if (levels > 0) {
    const member = filterOf(table, now, zone, levels - 1, levels === 3 ? links : 0)
    const members = fc.array(member, { maxLength: 3 })
    options.push({ weight: levels === 3 ? 4 : 1, arbitrary: members.map(all => ({ all })) })
    options.push({ weight: levels === 3 ? 4 : 1, arbitrary: members.map(any => ({ any })) })
  }
  if (links > 0) {
    for (const { on: _, ...join } of joins.filter(each => each.on === table)) {
      const where = some(filterOf(join.table, now, zone, 1, links - 1))
      options.push({
        weight: 1,
        arbitrary: fc.tuple(fc.constantFrom('any' as const, 'not any' as const), where).map(([link, inside]) => ({
          link,
          ...join,
          ...(inside === undefined ? {} : { where: inside }),
        })),
      })
    }
  }
  return fc.oneof(...options)
}

const personIn = (zone: Zone): fc.Arbitrary<Person> =>
  fc
    .record({
      id: fc.constantFrom('ann', 'bob'),
      name: fc.constant('x'),
      unit: some(fc.constantFrom('west', 'a')),
      teams: fc.constantFrom([], ['red'], ['red', 'blue']),
      roles: fc.constant([]),
      timeZone: zone === 'UTC' ? some(fc.constant(zone)) : fc.constant(zone),
      language: some(fc.constantFrom<number | string>(1031, 1, 'É', 'b')),
      below: some(fc.constantFrom({ people: ['bob'], teams: ['blue'] }, { people: [], teams: [] })),
    })
    .map(
      each => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as unknown as Person,
    )

export interface World {
  readonly now: number
  readonly person: Person
  readonly jobs: readonly Row[]
  readonly visits: readonly Row[]
  /** ids of rows that are deleted */
  readonly gone: ReadonlySet<string>
  readonly filters: readonly Filter[]
}

/** One moment and person, rows of both tables, and several filters on jobs to be asked of them. */
export const world: fc.Arbitrary<World> = fc.tuple(moment, fc.constantFrom(...zoneNames)).chain(([now, zone]) =>
  fc.record({
    now: fc.constant(now),
    person: personIn(zone),
    jobs: rowsOf('job', now, zone, 8),
    visits: rowsOf('visit', now, zone, 6),
    gone: fc.constantFrom(new Set<string>(), new Set(['a']), new Set(['b', 'c', 'red'])),
    filters: fc.array(filterOf('job', now, zone), { minLength: 4, maxLength: 6 }),
  }),
)
