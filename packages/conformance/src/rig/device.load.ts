import { setTimeout as sleep } from 'node:timers/promises'
import type { Rejoin } from '@rejoin/client'
import { createChance, pick } from '../simulator/chance.ts'
import type { Deed, Load, Save } from './talk.ts'

/** Edits without end, as a busy person makes them: counts on records of one's own, some new ones, some shared notes. */
export interface EditLoad {
  work(load: Load): void
  /** resolves after the edit under way */
  rest(): Promise<void>
}

export interface LoadParts {
  /** whose records: they are found again by it after a restart */
  readonly maker: string
  readonly rejoin: Rejoin
  readonly save: (save: Save, what: Deed) => Promise<unknown>
}

const BURST = 120

/** Records a device counts on: chains on one record grow, yet other records go on. */
const OWN = 10

export const createLoad = ({ maker, rejoin, save }: LoadParts): EditLoad => {
  let working = false
  let under: Promise<void> = Promise.resolve()

  const step = async ({ table, shared }: Load, below: (below: number) => number): Promise<void> => {
    const jobs = rejoin.table(table)
    const own = jobs.query({ where: { maker } }).current
    const roll = below(100)
    if (own.length < 3 || (roll < 5 && own.length < OWN)) {
      await save({ kind: 'create', table, values: { name: `${maker} ${own.length}`, maker, counter: 0 } }, 'create')
    } else if (roll < 15) {
      const record = pick(shared, below(1_000))
      // Not here yet: the back office makes them while we sync.
      if (jobs.get(record) !== undefined) {
        await save({ kind: 'update', table, record, values: { note: `${maker} ${below(1e9)}` } }, 'note')
      }
    } else {
      const row = pick(own, below(1_000)) as { readonly jobid: string; readonly counter: number }
      await save({ kind: 'update', table, record: row.jobid, values: { counter: row.counter + 1 } }, 'count')
    }
  }

  const work = async (load: Load): Promise<void> => {
    const { below } = createChance(load.seed, maker)
    while (working) {
      // Now and then a burst, so that a kill finds many edits between two states.
      for (let left = below(40) === 0 ? BURST : 1; left > 0 && working; left -= 1) await step(load, below)
      await sleep(below(load.pause))
    }
  }

  return {
    work: load => {
      working = true
      under = work(load)
    },
    rest: async () => {
      working = false
      await under
    },
  }
}
