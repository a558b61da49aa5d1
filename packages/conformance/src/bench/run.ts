import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measure, type Measure, type Work } from './measure.ts'
import type { OpenSide, Side } from './sides.ts'
import type { Trial } from './trials.ts'

export interface Contest {
  readonly ours: OpenSide
  /** absent when a side is measured alone */
  readonly baseline?: OpenSide
}

/** One trial from empty folders to measures; both relays are up before the first round and gone after the last. */
export const runTrial = async (
  contest: Contest,
  trial: Trial,
  onRound: (done: number) => void = () => {},
  place: string = tmpdir(),
): Promise<Measure[]> => {
  const folder = await mkdtemp(join(place, `rejoin-bench-${trial.name}-`))
  const opened: Side[] = []
  const open = async (side: OpenSide, name: string): Promise<Side> => {
    const home = await mkdtemp(join(folder, `${name}-`))
    const ready = await side({ records: trial.records, folder: home })
    opened.push(ready)
    for (let left = trial.served ?? 0; left > 0; left -= SERVED_AT_ONCE)
      await within(ROUND_LIMIT, ready.commit(Math.min(left, SERVED_AT_ONCE)), `${trial.name}: serving of ${ready.name}`)
    return ready
  }
  try {
    const ours = await open(contest.ours, 'ours')
    const pair =
      contest.baseline === undefined ? { ours } : { ours, baseline: await open(contest.baseline, 'baseline') }
    const work: Work = side => within(ROUND_LIMIT, trial.work(side), `${trial.name}: a round of ${side.name}`)
    return await measure(pair, work, { rounds: trial.rounds, warmUp: trial.warmUp ?? true, onRound })
  } finally {
    for (const side of opened) await within(CLOSE_LIMIT, side.close(), `${trial.name}: closing ${side.name}`)
    await rm(folder, { recursive: true, force: true })
  }
}

const SERVED_AT_ONCE = 1000
const ROUND_LIMIT = 60_000
const CLOSE_LIMIT = 10_000

/** A side that never answers must end the run, not hang it. */
const within = async <T>(ms: number, work: Promise<T>, what: string): Promise<T> => {
  let late: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`${what} took over ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(late)
  }
}

export const roundsOf = (trial: Trial): number => trial.rounds + (trial.warmUp === false ? 0 : 1)
