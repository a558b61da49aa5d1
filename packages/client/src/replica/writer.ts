import type { ChangesMessage, Position } from '@rejoin/profile'
import type { Store } from '../store/store.ts'
import { arriving } from './arriving.ts'
import { createDraft, type Draft, type Finished, type Touched } from './draft.ts'
import type { Memory } from './memory.ts'

/**
 * The one way anything changes on a device. Decisions run one after another on a draft; those that wait while a
 * commit is under way share the next one. Each resolves when it is durable and in memory; one that throws changes
 * nothing and takes nobody with it.
 */
export interface Writer {
  /** rejects with what `decide` threw, or with the `StoreFault` of the commit it was part of */
  write<T>(decide: (draft: Draft) => T, durability?: 'strict' | 'relaxed'): Promise<T>
  /** At once, where nobody is before it and there is nothing to decide; undefined where it has to be a decision. */
  arrive(message: ChangesMessage, upTo: Position | undefined): Arrived | undefined
  /** resolves when nothing is under way */
  idle(): Promise<void>
}

export interface Arrived {
  /** rows that are taken */
  readonly rows: number
  /** rejects with the `StoreFault` of the commit */
  readonly stored: Promise<void>
}

interface Waiting {
  readonly decide: (draft: Draft) => unknown
  readonly durability: 'strict' | 'relaxed'
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Decisions in one commit at most, so that a flood of saves does not make the first one wait. */
const MAX_BATCH = 500

export const createWriter = (memory: Memory, store: Store, changed: (touched: Touched) => void): Writer => {
  const queue: Waiting[] = []
  let running: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    while (queue.length > 0) await commit(memory, store, queue.splice(0, MAX_BATCH), changed)
    running = undefined
  }

  const goOn = (): Promise<void> | undefined => {
    if (queue.length > 0) return drain()
    return (running = undefined)
  }

  return {
    write: (decide, durability = 'strict') =>
      new Promise((resolve, reject) => {
        queue.push({ decide, durability, resolve: value => resolve(value as never), reject })
        // Not in this turn: what is saved in one turn is one commit.
        running ??= Promise.resolve().then(drain)
      }),
    arrive: (message, upTo) => {
      const arrived = running === undefined ? arriving(memory, message, upTo) : undefined
      if (arrived === undefined) return undefined
      const stored = settle(store, arrived, 'relaxed', changed)
      // What is decided meanwhile comes after it, whatever becomes of it.
      running = stored.then(goOn, goOn)
      return { rows: arrived.rows, stored }
    },
    idle: async () => {
      while (running !== undefined) await running
    },
  }
}

const commit = async (
  memory: Memory,
  store: Store,
  batch: readonly Waiting[],
  changed: (touched: Touched) => void,
): Promise<void> => {
  const draft = createDraft(memory)
  const decided: (() => void)[] = []
  const waiting: Waiting[] = []
  for (const job of batch) {
    // One that is alone needs no branch: where it throws, the draft is dropped.
    const branch = batch.length === 1 ? undefined : draft.branch()
    try {
      const value = job.decide(branch ?? draft)
      branch?.keep()
      waiting.push(job)
      decided.push(() => job.resolve(value))
    } catch (error) {
      job.reject(error)
    }
  }
  if (waiting.length === 0) return
  const durability = waiting.some(job => job.durability === 'strict') ? 'strict' : 'relaxed'
  try {
    await settle(store, draft.finish(), durability, changed)
  } catch (error) {
    for (const { reject } of waiting) reject(error)
    return
  }
  for (const resolve of decided) resolve()
}

/** First the store, then memory, then whoever watches. */
const settle = async (
  store: Store,
  { changes, apply }: Finished,
  durability: 'strict' | 'relaxed',
  changed: (touched: Touched) => void,
): Promise<void> => {
  if (changes.length > 0) await store.commit(changes, durability)
  changed(apply())
}
