import { createDerived, type Observable } from '../observe/observable.ts'
import type { MatchingParts, Moving } from './matching.ts'

/** An answer that stays true: told whenever it has become another one, here or by sync (LW9). */
export interface Live<V> extends Observable<V> {
  /** resolves when the first sync has completed, so that `current` is the whole answer */
  whenReady(options?: { readonly signal?: AbortSignal }): Promise<V>
  /** not told any more; `current` stays as it is */
  close(): void
}

export interface LiveParts extends MatchingParts {
  readonly whenReady: (options?: { readonly signal?: AbortSignal }) => Promise<unknown>
  readonly report: (error: unknown) => void
}

/** @param compute `before`: the answer until now; where it is the same, the same again */
export const createLive = <V>(
  { replica, whenReady, report }: LiveParts,
  matching: Moving,
  compute: (before: V | undefined) => V,
): Live<V> => {
  const derived = createDerived<V>(compute, report)
  const stop = replica.touched.subscribe(touched => {
    if (matching.move(touched)) derived.stale()
  })
  return {
    get current() {
      return derived.current
    },
    subscribe: derived.subscribe,
    whenReady: async options => {
      await whenReady(options)
      return derived.current
    },
    close: stop,
  }
}
