import type { CacheState } from '../lifetime/cache-state.ts'
import { createListeners, createSource, type Listeners, type Source } from '../observe/observable.ts'
import type { LinkStatus } from '../session/link.ts'
import { idle, type Progress } from '../session/progress.ts'

/** What is to be seen of a device besides its records: written where its session runs, read everywhere. */
export interface Facts {
  readonly link: Source<LinkStatus>
  readonly progress: Source<Progress>
  readonly cache: Source<CacheState>
  /** names of what keeps the queue from being sent */
  readonly paused: Source<readonly string[]>
  /** ids of edits whose withdrawal came too late */
  readonly late: Listeners<readonly string[]>
  readonly stats: { -readonly [name in keyof Stats]: Stats[name] }
}

export interface Stats {
  /** rows found unreadable at opening */
  readonly damaged: number
  /** rows that differed from the relay's and were put right */
  readonly repaired: number
  /** bytes */
  readonly sent: number
  readonly received: number
}

export const createFacts = (paused: readonly string[], damaged: number, report: (error: unknown) => void): Facts => ({
  link: createSource<LinkStatus>({ state: 'offline' }, report),
  progress: createSource<Progress>(idle, report),
  cache: createSource<CacheState>({ state: 'none' }, report),
  paused: createSource(paused, report),
  late: createListeners(report),
  stats: { damaged, repaired: 0, sent: 0, received: 0 },
})
