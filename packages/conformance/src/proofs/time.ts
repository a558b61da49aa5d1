/** Time of a proof: it stands still but for what the proof lets pass, and timers fire in order. */
export interface Time {
  now(): number
  after(ms: number, run: () => void): () => void
  /** lets time pass; between two timers all promises run dry */
  pass(ms: number): Promise<void>
  /** as a machine that slept: what became due meanwhile rings once, late */
  leap(ms: number): Promise<void>
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export const START: number = Date.UTC(2026, 4, 4, 8)

/** @param calm resolves when nothing moves any more */
export const createTime = (calm: () => Promise<void>, start: number = START): Time => {
  let now = start
  let order = 0
  const timers = new Set<Timer>()
  const due = (until: number): Timer | undefined =>
    [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
  return {
    now: () => now,
    after: (ms, run) => {
      const timer: Timer = { at: now + Math.max(0, ms), order: order++, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass: async ms => {
      const until = now + ms
      await calm()
      for (let timer = due(until); timer !== undefined; timer = due(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.run()
        await calm()
      }
      now = until
    },
    leap: async ms => {
      now += ms
      for (const timer of [...timers]
        .filter(({ at }) => at <= now)
        .toSorted((a, b) => a.at - b.at || a.order - b.order)) {
        if (timers.delete(timer)) timer.run()
      }
      await calm()
    },
  }
}
