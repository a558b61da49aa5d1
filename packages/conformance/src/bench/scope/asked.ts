import { performance } from 'node:perf_hooks'
import { askedTables, compileScope, createIndexes, type Scope, scopeIndexes, scopeSizeSql } from '@rejoin/profile'
import { loadEnvironment, membersOf, type Storage } from '@rejoin/server'
import { type Figure, quantile } from '../measure.ts'
import { openConversation } from './conversation.ts'
import { technician } from './world.ts'

/** What a database of some size answers about scopes. Names begin with `at`: `sqlite.100k`. */
export const askScopes = async (storage: Storage, at: string, technicians: number, now: number): Promise<Figure[]> => {
  const environment = await storage.snapshot(loadEnvironment)
  const { schema } = environment
  const [profile] = environment.published()
  const scopeOf = (n: number): Scope => compileScope(schema, profile, environment.person(technician(n).id)!, now)
  const figures: Figure[] = []
  const note = (name: string, value: number, unit: string): void => {
    figures.push({ name: `scope.${at}.${name}`, value, unit })
  }

  const { indexes } = scopeIndexes(schema, profile!)
  note('publish', await timed(() => storage.createIndexes(dialect => createIndexes(schema, dialect, indexes))), 'ms')

  // Spread over the table, so that a larger one is not found in memory by chance.
  const asked = Array.from({ length: 30 }, (_, n) => Math.floor((n * technicians) / 30))
  let rows = 0
  const times: number[] = []
  for (const n of [...asked.slice(0, 3), ...asked]) {
    const scope = scopeOf(n)
    const ms = await timed(async () => {
      const members = await storage.snapshot(view => membersOf(view, scope))
      rows = [...members.values()].reduce((sum, list) => sum + list.length, 0)
    })
    times.push(ms)
  }
  const p50 = quantile(times.slice(3), 0.5)
  note('computed', p50, `ms p50 for ${rows} rows`)
  note('rows', (rows * 1000) / p50, 'rows/s')

  const sizes = await timed(async () => {
    for (let n = 0; n < 100; n++) {
      const scope = scopeOf(n % technicians)
      await storage.snapshot(view => view.select(dialect => scopeSizeSql(scope, dialect, askedTables(scope))))
    }
  })
  note('dry-run', sizes, 'ms for 100 users')

  const conversation = await openConversation(storage, now)
  try {
    const deltas: number[] = []
    for (const n of asked.slice(0, 15)) deltas.push(await conversation.delta(n, 10))
    note('delta', quantile(deltas, 0.5), 'ms p50 with 10 changes')
    const left = await conversation.leaving()
    note('leaving', left.ms, `ms until ${left.rows} rows have left a device`)
  } finally {
    await conversation.close()
  }
  return figures
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
