/**
 * Virtual time. Everything in a world that waits, waits here; between two moments all promises run dry, so a run
 * depends on its seed alone.
 */
export interface Clock {
  now(): number
  /** @returns cancels it */
  after(ms: number, fire: () => void): () => void
  /** Moves on, firing timers in order. */
  pass(ms: number): Promise<void>
}

export const START: number = Date.UTC(2026, 2, 1, 8)

interface Timer {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

export const createClock = (): Clock => {
  let now = START
  let order = 0
  const timers = new Set<Timer>()
  const next = (until: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.at > until) continue
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer
    }
    return first
  }
  return {
    now: () => now,
    after: (ms, fire) => {
      const timer = { at: now + Math.max(0, ms), order: order++, fire }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    pass: async ms => {
      const until = now + ms
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer)
        now = timer.at
        timer.fire()
        await settled()
      }
      now = until
    },
  }
}

/** Resolves when no promise is on its way any more: nothing in a world waits for anything but promises and the clock. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
