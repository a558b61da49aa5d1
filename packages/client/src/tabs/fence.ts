/**
 * One writer on a store, whatever locks say. Each taking over raises the fence and leaves a mark that ends the writer
 * before; each commit of a writer adds its own end mark and removes it again, so that the commit of one who has been
 * ended is taken back by the store itself, in the same transaction:
 *
 *     taking over from 6:   add ended 6, fence = 7
 *     a commit of 7:        add ended 7, delete ended 7, ...changes, commits = n + 1
 *     a late commit of 6:   add ended 6  -> taken
 *
 * `commits` counts, so that a tab that follows knows whether it has heard everything. All of it lies at the end of
 * the shelf `meta`, where a device that clears everything it holds does not reach: the fence stays.
 */
import { type Store, type StoreChange, StoreFault } from '../store/store.ts'

export interface Hold {
  readonly fence: number
  /** commits the store has seen */
  readonly commits: number
}

/** After this nobody who wrote before can commit. */
export const takeOver = async (store: Store): Promise<Hold> => {
  for (;;) {
    const fence = await numberAt(store, FENCE)
    try {
      await store.commit(
        [
          { add: 'meta', key: endOf(fence), value: true },
          { put: 'meta', key: FENCE, value: fence + 1 },
          { delete: 'meta', key: endOf(fence - KEPT) },
        ],
        'relaxed',
      )
      return { fence: fence + 1, commits: await commitsOf(store) }
    } catch (error) {
      // Another one took over just now: from him, then.
      if (!isTaken(error)) throw error
    }
  }
}

export const commitsOf = (store: Store): Promise<number> => numberAt(store, COMMITS)

const numberAt = async (store: Store, key: string): Promise<number> => {
  const value = await store.get('meta', key)
  return typeof value === 'number' ? value : 0
}

/** End marks that stay: a tab frozen for as many takings over would write again. */
const KEPT = 10_000

/** every key of the device's own is below */
const END = '~'
export const FENCE: string = `${END}fence`
const COMMITS = `${END}commits`
const endOf = (fence: number): string => `${END}ended:${fence}`

const sparing = (change: StoreChange): StoreChange =>
  'clear' in change && change.clear === 'meta' && (change.to === undefined || change.to > END)
    ? { ...change, to: END }
    : change

export interface Fenced extends Store {
  readonly commits: number
}

export interface FencedParts {
  /** a commit is in the store, as the count says */
  readonly told: (changes: readonly StoreChange[], commits: number) => void
  /** another one writes: nothing can be committed here any more */
  readonly lost: () => void
}

export const fencedStore = (store: Store, hold: Hold, { told, lost }: FencedParts): Fenced => {
  let { commits } = hold
  let last: Promise<unknown> = Promise.resolve()
  const end = endOf(hold.fence)
  const commit: Store['commit'] = async (changes, durability) => {
    const next = commits + 1
    const fenced: StoreChange[] = [
      { add: 'meta', key: end, value: true },
      { delete: 'meta', key: end },
      ...changes.map(sparing),
      { put: 'meta', key: COMMITS, value: next },
    ]
    try {
      await store.commit(fenced, durability)
    } catch (error) {
      if (isTaken(error)) lost()
      throw error
    }
    commits = next
    told(changes, commits)
  }
  return {
    get: store.get,
    scan: store.scan,
    // One after another: the count is known when the one before has ended.
    commit: (changes, durability) => {
      const mine = last.then(() => commit(changes, durability))
      last = mine.catch(() => {})
      return mine
    },
    close: async () => {
      await last
    },
    get commits() {
      return commits
    },
  }
}

export const isTaken = (error: unknown): boolean => error instanceof StoreFault && error.code === 'taken'
