import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { meets, scopeBars } from '../bars.ts'
import type { Figure, Measure } from '../measure.ts'
import { askScopes, type Sized } from './asked.ts'
import { measureDocumented } from './documented-run.ts'
import { sqliteEngine } from './engine.ts'
import { fill } from './fill.ts'
import { measureLive } from './live.ts'
import { postgresEngine } from './postgres.ts'
import { techniciansFor } from './world.ts'

/** `pnpm bench scope`: scopes over 100,000 and 1,000,000 rows in both engines, and listeners over the larger. */
const SIZES: readonly (readonly [name: string, rows: number])[] = [
  ['100k', 100_000],
  ['1M', 1_000_000],
]

export const benchScopes = async (at: (note: string) => void, folder = tmpdir()): Promise<Measure[]> => {
  const now = Date.parse('2026-11-18T09:00:00Z')
  const figures: Figure[] = []
  const place = await mkdtemp(join(folder, 'rejoin-scope-'))
  const engines = [sqliteEngine(place), await postgresEngine()]
  try {
    for (const engine of engines) {
      if (engine === undefined) continue
      const databases: Sized[] = []
      for (const [size, rows] of SIZES) {
        const storage = await engine.open(size)
        const technicians = techniciansFor(rows)
        databases.push({ size, storage, technicians, now })
        const began = performance.now()
        const filled = await fill(storage, technicians, now, done => at(`${engine.name} ${size}: ${done} rows`))
        const value = (filled * 1000) / (performance.now() - began)
        figures.push({ name: `scope.${engine.name}.${size}.filled`, value, unit: 'rows/s' })
      }
      at(`${engine.name}: scopes`)
      figures.push(...(await askScopes(engine.name, databases)))
      at(`${engine.name}: listeners`)
      const { storage, technicians } = databases.at(-1)!
      figures.push(...(await measureLive(storage, engine.name, technicians, now)))
      for (const database of databases) await database.storage.close()
      figures.push(...growth(figures, engine.name))
    }
  } finally {
    for (const engine of engines) await engine?.stop()
    await rm(place, { recursive: true, force: true })
  }
  return figures.map(judged)
}

/** `pnpm bench documented`. */
export const benchDocumented = async (at: (note: string) => void, folder?: string): Promise<Measure[]> =>
  (await measureDocumented(at, folder)).map(judged)

/** How the time of one scope grows when the tables are ten times as large. */
const growth = (figures: readonly Figure[], engine: string): Figure[] => {
  const of = (size: string, name: string): number =>
    figures.find(figure => figure.name === `scope.${engine}.${size}.${name}`)?.value ?? Number.NaN
  return ['computed', 'delta'].map(name => ({
    name: `scope.${engine}.growth.${name}`,
    value: of('1M', name) / of('100k', name),
    unit: 'x for ten times the tables',
  }))
}

const judged = ({ name, value, unit }: Figure): Measure => {
  const bar = scopeBars[name]
  const pass = bar === undefined || meets(bar, value, null)
  return { name, value, unit, baseline: null, ratio: null, bar: bar?.limit ?? null, pass }
}
