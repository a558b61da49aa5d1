import type { CacheState } from '../lifetime/cache-state.ts'
import { createListeners, createSource, type Listeners, type Source } from '../observe/observable.ts'
import { isSame } from '../observe/same.ts'
import type { LinkStatus } from '../session/link.ts'
import { idle, type Progress } from '../session/progress.ts'
import type { Failure } from '../status/failure.ts'
import type { Pass } from '../status/pass.ts'
import type { StorageStatus } from '../storage/watch.ts'

/** What is to be seen of a device besides its records: written where its session runs, read everywhere. */
export interface Facts extends Observed {
  /** ids of edits whose withdrawal came too late */
  readonly late: Listeners<readonly string[]>
  readonly stats: { -readonly [name in keyof Stats]: Stats[name] }
}

/** plain data, each of them: tabs hand it on */
interface Observed {
  readonly link: Source<LinkStatus>
  readonly progress: Source<Progress>
  readonly cache: Source<CacheState>
  /** what last kept device and relay apart */
  readonly failure: Source<Failure | undefined>
  /** the last pass that ended: one telemetry event each (ST6) */
  readonly lastPass: Source<Pass | undefined>
  readonly storage: Source<StorageStatus>
  /** the user was removed and everything went (MB6) */
  readonly removed: Source<Removal | undefined>
  /** who signed in is not whom all of this was granted to, or not in this environment: none of it is shown (OM11) */
  readonly barred: Source<boolean>
  /** names of what keeps the queue from being sent */
  readonly paused: Source<readonly string[]>
}

/** An administrator removed the user: everything of his has gone from this device. */
export interface Removal {
  /** ms since 1970 */
  readonly at: number
  /** his unsent work, where the administrator allows him to have it: text of a file, kept nowhere else */
  readonly unsent?: string
}

/** What was met since this device was opened. Read when asked for; nobody is told of changes. */
export interface Stats {
  /** rows found unreadable at opening */
  readonly damaged: number
  /** rows that differed from the relay's and were put right */
  readonly repaired: number
  /** bytes over the socket, up */
  readonly sent: number
  /** bytes over the socket, down */
  readonly received: number
}

export const createFacts = (paused: readonly string[], damaged: number, report: (error: unknown) => void): Facts => ({
  link: createSource<LinkStatus>({ state: 'offline' }, report),
  progress: createSource<Progress>(idle, report),
  cache: createSource<CacheState>({ state: 'none' }, report),
  failure: createSource<Failure | undefined>(undefined, report),
  lastPass: createSource<Pass | undefined>(undefined, report),
  storage: createSource<StorageStatus>({}, report),
  removed: createSource<Removal | undefined>(undefined, report),
  barred: createSource(false, report),
  paused: createSource(paused, report),
  late: createListeners(report),
  stats: { damaged, repaired: 0, sent: 0, received: 0 },
})

/** what a device is paused by that nobody has used */
export const pausedAtFirst = ({ autoSend }: { readonly autoSend?: boolean }): readonly string[] =>
  autoSend === false ? ['manual'] : []

/** Reasons to pause, each once. */
export const withReason = (paused: readonly string[], reason: string): readonly string[] =>
  paused.includes(reason) ? paused : [...paused, reason]

export const withoutReason = (paused: readonly string[], reason: string): readonly string[] =>
  paused.includes(reason) ? paused.filter(each => each !== reason) : paused

/** All of them at one moment, as plain data. */
export interface FactsNow {
  readonly observed: { readonly [name in keyof Observed]: Observed[name]['current'] }
  readonly stats: Stats
}

const names: readonly (keyof Observed)[] = [
  'link',
  'progress',
  'cache',
  'failure',
  'lastPass',
  'storage',
  'removed',
  'barred',
  'paused',
]

export const factsNow = (facts: Facts): FactsNow => ({
  observed: Object.fromEntries(names.map(name => [name, facts[name].current])) as unknown as FactsNow['observed'],
  stats: { ...facts.stats },
})

export const takeFacts = (facts: Facts, { observed, stats }: FactsNow): void => {
  Object.assign(facts.stats, stats)
  // Copied on their way, the same facts are other objects: nobody is told of what has not changed.
  for (const name of names)
    if (!isSame(facts[name].current, observed[name])) (facts[name] as Source<unknown>).set(observed[name])
}

/** Told after any of them has changed. */
export const watchFacts = (facts: Facts, changed: () => void): void => {
  for (const name of names) facts[name].subscribe(changed)
}
