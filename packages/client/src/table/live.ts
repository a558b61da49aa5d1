import { createDerived, type Observable } from '../observe/observable.ts'
import type { MatchingParts, Moving } from './matching.ts'
import type { Turns } from './turns.ts'

/** An answer that stays true: told whenever it has become another one, here, by sync or as days turn (LW9). */
export interface Live<V> extends Observable<V> {
  /** resolves when the first sync has completed, so that `current` is the whole answer */
  whenReady(options?: { readonly signal?: AbortSignal }): Promise<V>
  /** not told any more; `current` stays as it is */
  close(): void
}

export interface LiveParts extends MatchingParts {
  readonly whenReady: (options?: { readonly signal?: AbortSignal }) => Promise<unknown>
  readonly turns: Turns
  readonly report: (error: unknown) => void
}

/** @param compute `before`: the answer until now; where it is the same, the same again */
export const createLive = <V>(
  { replica, whenReady, turns, report }: LiveParts,
  matching: Moving,
  compute: (before: V | undefined) => V,
): Live<V> => {
  const listeners = new Set<object>()
  let closed = false
  let waiting: { readonly time: number; readonly cancel: () => void } | undefined

  /** Only for who is told: who looks by himself is shown what is true then. */
  const wait = (): void => {
    const time = listeners.size > 0 && !closed ? matching.turns : undefined
    if (waiting?.time === time) return
    waiting?.cancel()
    waiting = undefined
    if (time !== undefined) waiting = { time, cancel: turns.at(time, turn) }
  }
  const turn = (): void => {
    waiting = undefined
    derived.stale()
    wait()
  }
  const derived = createDerived<V>(before => {
    const value = compute(before)
    wait()
    return value
  }, report)
  const stop = replica.touched.subscribe(touched => {
    if (matching.move(touched)) derived.stale()
  })
  /** Nobody is told while he looks: who draws what he sees may not be made to draw again in the middle of it. */
  const refresh = (): void => {
    if (!closed && listeners.size === 0 && matching.isOver()) derived.stale()
  }
  return {
    get current() {
      refresh()
      return derived.current
    },
    subscribe: listener => {
      refresh()
      const unsubscribe = derived.subscribe(listener)
      const one = {}
      listeners.add(one)
      wait()
      return () => {
        unsubscribe()
        listeners.delete(one)
        wait()
      }
    },
    whenReady: async options => {
      await whenReady(options)
      return derived.current
    },
    close: () => {
      stop()
      closed = true
      wait()
    },
  }
}
