import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { compileScope, createIndexes, scopeIndexes } from '@rejoin/profile'
import { dryRun, loadEnvironment, membersOf, type Storage } from '@rejoin/server'
import { type Figure, quantile } from '../measure.ts'
import { documentedEnvironment, documentedPerson, documentedProfile, documentedRows, documentedSchema, documentedTechnicians } from './documented.ts' // prettier-ignore
import { type Engine, sqliteEngine } from './engine.ts'
import { fillWith } from './fill.ts'
import { postgresEngine } from './postgres.ts'

/** `pnpm bench documented`: the documents' default profile on the documented product's schema, in both engines. */
const SIZES: readonly (readonly [name: string, rows: number])[] = [
  ['100k', 100_000],
  ['1M', 1_000_000],
]

export const measureDocumented = async (at: (note: string) => void, folder = tmpdir()): Promise<Figure[]> => {
  const schema = documentedSchema()
  if (schema === undefined) throw new Error('the schema of the documented product is not on this machine')
  const place = await mkdtemp(join(folder, 'rejoin-documented-'))
  const engines = [sqliteEngine(place), await postgresEngine()].flatMap(engine => engine ?? [])
  const figures: Figure[] = []
  try {
    for (const engine of engines) {
      for (const [size, rows] of SIZES) {
        const filling = (done: number): void => at(`${engine.name} ${size}: ${done} rows`)
        figures.push(...(await measureSize(engine, size, documentedTechnicians(rows), filling)))
      }
      const [small, large] = SIZES.map(([size]) =>
        figures.find(({ name }) => name === nameOf(engine, size, 'computed')),
      )
      const value = large!.value / small!.value
      figures.push({ name: `documented.${engine.name}.growth.computed`, value, unit: 'x for ten times the tables' })
    }
  } finally {
    for (const engine of engines) await engine.stop()
    await rm(place, { recursive: true, force: true })
  }
  return figures
}

const nameOf = (engine: Engine, size: string, name: string): string => `documented.${engine.name}.${size}.${name}`

const measureSize = async (
  engine: Engine,
  size: string,
  technicians: number,
  filling: (done: number) => void,
): Promise<Figure[]> => {
  const now = Date.parse('2026-11-18T09:00:00Z')
  const storage = await engine.open(`documented-${size}`)
  const figures: Figure[] = []
  const note = (name: string, value: number, unit: string): void => {
    figures.push({ name: nameOf(engine, size, name), value, unit })
  }
  try {
    const source = documentedEnvironment(documentedSchema()!, technicians)
    await fillWith(storage, source, documentedRows(technicians, now), filling)
    const { schema } = await storage.snapshot(loadEnvironment)
    const { indexes } = scopeIndexes(schema, documentedProfile)
    const publish = (): Promise<void> => storage.createIndexes(dialect => createIndexes(schema, dialect, indexes))
    note('publish', await timed(publish), 'ms')
    const people = Array.from({ length: 100 }, (_, n) => documentedPerson(Math.floor((n * technicians) / 100)))
    const scopes = people.map(person => compileScope(schema, documentedProfile, person, now))
    // The first time pages come from the disk.
    for (const name of ['cold', 'computed']) {
      const times: number[] = []
      let rows = 0
      for (const scope of scopes) times.push(await timed(async () => (rows += await countOf(storage, scope))))
      note(name, quantile(times, 0.5), `ms p50 for ${Math.round(rows / people.length)} rows`)
    }
    const parts = { storage, schema, profile: documentedProfile, people, now, caps: {} }
    note('dry-run', await timed(() => dryRun({ ...parts, pause: () => setImmediate() })), 'ms for 100 users')
  } finally {
    await storage.close()
  }
  return figures
}

const countOf = async (storage: Storage, scope: Parameters<typeof membersOf>[1]): Promise<number> => {
  const members = await storage.snapshot(view => membersOf(view, scope))
  return [...members.values()].reduce((sum, list) => sum + list.length, 0)
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
