import { performance } from 'node:perf_hooks'
import { compileScope, type Fields, type Person, type PublishedProfile } from '@rejoin/profile'
import {
  type Changed,
  concernsAlone,
  concernsOf,
  createAudiences,
  createLens,
  loadEnvironment,
  membersOf,
  type Storage,
} from '@rejoin/server'
import { type Figure, quantile } from '../measure.ts'
import { technician } from './world.ts'

const SESSIONS = [10, 100, 1_000, 10_000]
const CHANGES = 300

/**
 * What a change costs that concerns nobody, by how many listen. Each listener is a person of his own, a class of its own:
 * he hears of the rows of one technician through a team, and holds 2,000 of them. The changed rows are the last
 * technician's, whom nobody hears of: one task at a time, four tables away from what the filter compares.
 */
export const measureLive = async (
  storage: Storage,
  at: string,
  technicians: number,
  now: number,
): Promise<Figure[]> => {
  const environment = await storage.snapshot(loadEnvironment)
  const { schema } = environment
  const profile = inTeams(environment.published()[0]!)
  const figures: Figure[] = []
  const times: number[] = []
  const lens = createLens()
  const held = await storage.snapshot(view =>
    membersOf(view, compileScope(schema, profile, listener(0, technicians), now, lens.rows)),
  )
  const rows = [...held.values()].reduce((sum, list) => sum + list.length, 0)
  const audiences = createAudiences<{ readonly scope: ReturnType<typeof compileScope> }>(lens)
  let count = 0
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (const sessions of SESSIONS) {
    for (; count < sessions; count++) {
      audiences.join({ scope: compileScope(schema, profile, listener(count, technicians), now, lens.rows) })
    }
    const [audience] = [...audiences.all()]
    const each: number[] = []
    let concerned = 0
    for (let n = 0; n < CHANGES; n++) {
      const changed = [await changedTask(storage, technicians - 1, n)]
      const began = performance.now()
      const concerns =
        concernsAlone(audience!, changed) ?? (await storage.snapshot(view => concernsOf(view, audience!, changed)))
      each.push(performance.now() - began)
      concerned += concerns.size
    }
    if (concerned > 0) throw new Error('a change of nobody’s concerned somebody')
    const p50 = quantile(each, 0.5)
    times.push(p50)
    figures.push({ name: `live.${at}.${sessions}`, value: p50 * 1000, unit: 'us p50 per change of nobody’s' })
  }
  globalThis.gc?.()
  const grown = process.memoryUsage().heapUsed - before
  figures.push({ name: `live.${at}.growth`, value: times.at(-1)! / times[0]!, unit: 'x, 10,000 sessions over 10' })
  figures.push({ name: `live.${at}.memory`, value: grown / (count * rows), unit: 'bytes per session and row' })
  figures.push({ name: `live.${at}.session`, value: grown / count, unit: `bytes per session of ${rows} rows` })
  return figures
}

const listener = (n: number, technicians: number): Person => ({
  id: `listener-${n}`,
  name: `Listener ${n}`,
  teams: [technician(n % (technicians - 1)).id],
  roles: ['technician'],
})

const inTeams = (profile: PublishedProfile): PublishedProfile =>
  JSON.parse(JSON.stringify(profile).replace('eq-useroruserhierarchy', 'eq-useroruserteams')) as PublishedProfile

const changedTask = async (storage: Storage, who: number, n: number): Promise<Changed> => {
  const key = { table: 'task', id: `task-${who}-${n % 200}${'abc'[n % 3]}` }
  const [row] = await storage.snapshot(view => view.records([key]))
  const fields = JSON.parse(row!.json) as Fields
  const after = { ...fields, done: fields['done'] !== true }
  return {
    ...key,
    rev: row!.rev,
    before: { fields, deleted: false },
    after: { fields: after, deleted: false },
    envelope: row!.envelope,
  }
}
