import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { compileScope, createIndexes, type Person, type Schema, type Scope, scopeIndexes } from '@rejoin/profile'
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
  if (documentedSchema() === undefined) throw new Error('the schema of the documented product is not on this machine')
  const place = await mkdtemp(join(folder, 'rejoin-documented-'))
  const engines = [sqliteEngine(place), await postgresEngine()].flatMap(engine => engine ?? [])
  const figures: Figure[] = []
  try {
    for (const engine of engines) figures.push(...(await measureEngine(engine, at)))
  } finally {
    for (const engine of engines) await engine.stop()
    await rm(place, { recursive: true, force: true })
  }
  return figures
}

const NOW = Date.parse('2026-11-18T09:00:00Z')
const USERS = 100

const measureEngine = async (engine: Engine, at: (note: string) => void): Promise<Figure[]> => {
  const figures: Figure[] = []
  const note = (name: string, value: number, unit: string): void => {
    figures.push({ name: `documented.${engine.name}.${name}`, value, unit })
  }
  const worlds: World[] = []
  try {
    for (const [size, rows] of SIZES) {
      const storage = await engine.open(`documented-${size}`)
      worlds.push(await worldOf(storage, size, rows, done => at(`${engine.name} ${size}: ${done} rows`)))
    }
    for (const world of worlds) note(`${world.size}.publish`, await timed(() => publish(world)), 'ms')
    for (let n = 0; n < 2 * USERS; n++) {
      // The sizes take turns, so that noise falls on both; the first time pages come from the disk.
      for (const world of worlds) {
        const ms = await timed(async () => (world.rows += await countOf(world.storage, world.scopes[n % USERS]!)))
        if (n >= USERS) world.times.push(ms)
      }
    }
    for (const { size, times, rows } of worlds) {
      note(`${size}.computed`, quantile(times, 0.5), `ms p50 for ${Math.round(rows / (2 * USERS))} rows`)
    }
    const [small, large] = worlds.map(({ times }) => quantile(times, 0.5))
    note('growth.computed', large! / small!, 'x for ten times the tables')
    for (const { size, storage, schema, people } of worlds) {
      const parts = { storage, schema, profile: documentedProfile, people, now: NOW, caps: {} }
      note(
        `${size}.dry-run`,
        await timed(() => dryRun({ ...parts, pause: () => setImmediate() })),
        `ms for ${USERS} users`,
      )
    }
  } finally {
    for (const { storage } of worlds) await storage.close()
  }
  return figures
}

interface World {
  readonly size: string
  readonly storage: Storage
  readonly schema: Schema
  readonly people: readonly Person[]
  readonly scopes: readonly Scope[]
  readonly times: number[]
  rows: number
}

const worldOf = async (
  storage: Storage,
  size: string,
  wanted: number,
  onRows: (done: number) => void,
): Promise<World> => {
  const technicians = documentedTechnicians(wanted)
  const source = documentedEnvironment(documentedSchema()!, technicians)
  await fillWith(storage, source, documentedRows(technicians, NOW), onRows)
  const { schema } = await storage.snapshot(loadEnvironment)
  const people = Array.from({ length: USERS }, (_, n) => documentedPerson(Math.floor((n * technicians) / USERS)))
  const scopes = people.map(person => compileScope(schema, documentedProfile, person, NOW))
  return { size, storage, schema, people, scopes, times: [], rows: 0 }
}

const publish = ({ storage, schema }: World): Promise<void> => {
  const { indexes } = scopeIndexes(schema, documentedProfile)
  return storage.createIndexes(dialect => createIndexes(schema, dialect, indexes))
}

const countOf = async (storage: Storage, scope: Scope): Promise<number> => {
  const members = await storage.snapshot(view => membersOf(view, scope))
  return [...members.values()].reduce((sum, list) => sum + list.length, 0)
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
