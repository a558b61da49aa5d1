import { checkFilter, type Filter } from '@rejoin/profile'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { startPostgres, why } from '../storage/postgres/postgres.fixture.ts'
import { type Engine, memory, openPostgres, openSqlite, oracle } from './engines.fixture.ts'
import { schema, world, type World } from './world.fixture.ts'

/** Pairs of a filter and a row; `REJOIN_FILTER_PAIRS=200000` for the long run. */
const PAIRS = Number(process.env['REJOIN_FILTER_PAIRS'] ?? 10_000)

/** What fast-check found, or undefined; it gives the seed with its message. */
const agree = async (engines: readonly Engine[], pairs: number): Promise<{ pairs: number; yes: number }> => {
  let asked = 0
  let yes = 0
  const told = async (each: World): Promise<void> => {
    const expected = await oracle.ask(each)
    for (const engine of engines) {
      const answers = await engine.ask(each)
      const wrong = each.filters.flatMap((filter, index) =>
        String(answers[index]) === String(expected[index])
          ? []
          : [{ filter, [engine.name]: answers[index], [oracle.name]: expected[index] }],
      )
      expect(wrong, engine.name).toEqual([])
    }
    asked += each.filters.length * each.jobs.length
    yes += expected.flat().length
  }
  const checked = world.map(each => ({ ...each, filters: each.filters.filter(isSound) }))
  // a world asks about five filters of about four rows
  for (let run = 0; asked < pairs; run++) {
    await fc.assert(fc.asyncProperty(checked, told), { numRuns: Math.ceil((pairs - asked) / 15), endOnFailure: false })
  }
  return { pairs: asked, yes }
}
const isSound = (filter: Filter): boolean => checkFilter(schema, 'job', filter).length === 0

const sqlite = openSqlite()
const cluster = await startPostgres()
const database = cluster.running ? await cluster.database() : undefined
const postgres = database === undefined ? undefined : await openPostgres(database.url)

afterAll(async () => {
  await sqlite.close()
  await postgres?.close()
  await database?.drop()
  await cluster.stop()
})

describe('[FI9] the same filter gives the same rows', () => {
  const engines = [memory, sqlite, ...(postgres === undefined ? [] : [postgres])]
  const names = engines.map(({ name }) => name).join(', ')

  test(`[FI1] [FI2] [FI3] [FI4] [FI5] [FI6] [FI8] by the statements and in ${names}, ${PAIRS} pairs`, async () => {
    const { pairs, yes } = await agree(engines, PAIRS)
    // generated filters say yes and no, or they would prove nothing
    expect(yes / pairs).toBeGreaterThan(0.15)
    expect(yes / pairs).toBeLessThan(0.7)
  }, 3_600_000)

  test('[PR9] [FI8] at the most that may be asked: 500 conditions on three levels, 15 links, 5 in one another', async () => {
    const like = (n: number): Filter => ({ column: 'title', op: 'not-like', value: `a${n}[^b]%${n}` })
    const many = (count: number, make: (n: number) => Filter): Filter[] =>
      Array.from({ length: count }, (_, n) => make(n))
    const links = (left: number): Filter => ({
      link: left % 2 === 0 ? 'any' : 'not any',
      table: 'job',
      from: 'parent',
      to: 'jobid',
      where: left === 1 ? like(1) : { any: [...many(30, like), { all: [{ any: [links(left - 1), like(left)] }] }] },
    })
    const filters: Filter[] = [
      { any: many(500, n => ({ column: 'price', op: 'eq', value: n })) },
      { all: many(500, like) },
      { any: [...many(166, like), { all: [...many(166, like), { any: many(168, like) }] }] },
      { all: [...many(485, like), ...many(15, () => ({ link: 'any', table: 'job', from: 'jobid', to: 'parent' }))] },
      { column: 'title', op: 'in', value: Array.from({ length: 1000 }, (_, n) => `A${n}`) },
      { all: [links(5), links(5), links(5)] },
      { any: [...many(100, like), links(5)] },
    ]
    for (const filter of filters) expect(checkFilter(schema, 'job', filter)).toEqual([])
    const row = (id: string, subject: string, parent: string): World['jobs'][number] => ({
      id,
      fields: { subject, parent, price: 7 },
    })
    const jobs = [row('a', 'a7', 'b'), row('b', "x' or 1=1", 'a'), row('c', 'a1x1', 'c')]
    const person = { id: 'ann', name: 'Ann', teams: [], roles: [] }
    const largest: World = { now: 0, person, jobs, visits: [], gone: new Set(), filters }
    const expected = await oracle.ask(largest)
    for (const engine of engines) expect(await engine.ask(largest), engine.name).toEqual(expected)
  })

  test('of texts that differ only behind the beginning that an index holds', async () => {
    const texts = ['A', '\u{1f600}'].flatMap(each =>
      ['', each, 'b', 'C', '\u{10ffff}'].map(end => each.repeat(399) + end),
    )
    const all = texts.flatMap(one => [one, `${one}b`, `${one}d`])
    const filters = all.flatMap((value, index): Filter[] => [
      ...(['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const).map(op => ({ column: 'title', op, value })),
      { column: 'title', op: 'in', value: [value, 'none'] },
      { column: 'title', op: 'between', value: [value, all[index + 2] ?? value] },
      ...(value.length > 400 ? [] : [{ column: 'title', op: 'begins-with' as const, value }]),
    ])
    for (const filter of filters) expect(checkFilter(schema, 'job', filter)).toEqual([])
    const jobs = all.map((subject, index) => ({ id: `job${index}`, fields: { subject } }))
    const person = { id: 'ann', name: 'Ann', teams: [], roles: [] }
    const long: World = { now: 0, person, jobs, visits: [], gone: new Set(), filters }
    const expected = await oracle.ask(long)
    for (const engine of engines) expect(await engine.ask(long), engine.name).toEqual(expected)
  })

  test.skipIf(postgres === undefined)(`in PostgreSQL too${why(cluster)}`, () => {
    expect(names).toContain('PostgreSQL')
  })
})
