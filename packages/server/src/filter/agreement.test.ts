import { checkFilter, type Filter } from '@rejoin/profile'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { startPostgres, why } from '../storage/postgres/postgres.fixture.ts'
import { type Engine, memory, openPostgres, openSqlite, oracle } from './engines.fixture.ts'
import { schema, world, type World } from './world.fixture.ts'

/** Pairs of a filter and a row; `REJOIN_FILTER_PAIRS=200000` for the long run. */
const PAIRS = Number(process.env['REJOIN_FILTER_PAIRS'] ?? 5_000)

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

  test.skipIf(postgres === undefined)(`in PostgreSQL too${why(cluster)}`, () => {
    expect(names).toContain('PostgreSQL')
  })
})
