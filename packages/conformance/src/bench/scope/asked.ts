import { performance } from 'node:perf_hooks'
import { askedTables, compileScope, createIndexes, type Schema, type Scope, scopeIndexes, scopeSizeSql } from '@rejoin/profile' // prettier-ignore
import { type Environment, loadEnvironment, membersOf, type Storage } from '@rejoin/server'
import { type Figure, quantile } from '../measure.ts'
import { openConversation } from './conversation.ts'
import { technician } from './world.ts'

/** A filled database of some size. */
export interface Sized {
  readonly size: string
  readonly storage: Storage
  readonly technicians: number
  readonly now: number
}

const ASKED = 30

/** What databases of several sizes answer about scopes. The sizes take turns, so that noise falls on all. */
export const askScopes = async (engine: string, databases: readonly Sized[]): Promise<Figure[]> => {
  const worlds = await Promise.all(databases.map(worldOf))
  const figures: Figure[] = []
  const note = ({ size }: Sized, name: string, value: number, unit: string): void => {
    figures.push({ name: `scope.${engine}.${size}.${name}`, value, unit })
  }
  for (const world of worlds) note(world, 'publish', await timed(() => publish(world)), 'ms')

  const times = worlds.map((): number[] => [])
  for (let turn = -3; turn < ASKED; turn++) {
    for (const [n, world] of worlds.entries()) {
      const ms = await timed(() => rowsOf(world, turn))
      if (turn >= 0) times[n]!.push(ms)
    }
  }
  for (const [n, world] of worlds.entries()) {
    const rows = await rowsOf(world, 0)
    const p50 = quantile(times[n]!, 0.5)
    note(world, 'computed', p50, `ms p50 for ${rows} rows`)
    note(world, 'rows', (rows * 1000) / p50, 'rows/s')
    note(world, 'dry-run', await timed(() => dryRun(world)), 'ms for 100 users')
  }

  for (const world of worlds) {
    const conversation = await openConversation(world.storage, world.now)
    try {
      const deltas: number[] = []
      for (let turn = 0; turn < ASKED / 2; turn++) deltas.push(await conversation.delta(whoAt(world, turn), 10))
      note(world, 'delta', quantile(deltas, 0.5), 'ms p50 with 10 changes')
      const left = await conversation.leaving()
      note(world, 'leaving', left.ms, `ms until ${left.rows} rows have left a device`)
    } finally {
      await conversation.close()
    }
  }
  return figures
}

interface World extends Sized {
  readonly schema: Schema
  readonly environment: Environment
}

const worldOf = async (sized: Sized): Promise<World> => {
  const environment = await sized.storage.snapshot(loadEnvironment)
  return { ...sized, environment, schema: environment.schema }
}

/** Spread over the table, so that a larger one is not found in memory by chance. */
const whoAt = ({ technicians }: Sized, turn: number): number =>
  Math.floor(((turn + ASKED) * technicians) / ASKED) % technicians

const scopeOf = ({ environment, schema, now }: World, who: number): Scope =>
  compileScope(schema, environment.published()[0], environment.person(technician(who).id)!, now)

const publish = async ({ storage, schema, environment }: World): Promise<void> => {
  const { indexes } = scopeIndexes(schema, environment.published()[0]!)
  await storage.createIndexes(dialect => createIndexes(schema, dialect, indexes))
}

const rowsOf = async (world: World, turn: number): Promise<number> => {
  const scope = scopeOf(world, whoAt(world, turn))
  const members = await world.storage.snapshot(view => membersOf(view, scope))
  return [...members.values()].reduce((sum, list) => sum + list.length, 0)
}

const dryRun = async (world: World): Promise<void> => {
  for (let n = 0; n < 100; n++) {
    const scope = scopeOf(world, n % world.technicians)
    await world.storage.snapshot(view => view.select(dialect => scopeSizeSql(scope, dialect, askedTables(scope))))
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
