/**
 * How old what a device holds is. Its clock may be changed by anybody, so age is what passed between looks at it: a
 * step back takes nothing off, and the relay's clock counts where it says more (CA7). Pure; clocks are handed in.
 */
export interface Freshness {
  /** ms since 1970 by the relay's clock, at the last refresh */
  readonly refreshed: number
  /** the latest time the relay told */
  readonly relay: number
  /** ms since 1970 by this device's clock, at the last look */
  readonly seen: number
  /** ms that had passed from look to look */
  readonly age: number
}

/** Device and relay hold the same, by the relay's word: whatever this device's clock says. */
export const refreshed = (relay: number, now: number): Freshness => ({ refreshed: relay, relay, seen: now, age: 0 })

/** @param ran ms that passed at least, whatever the clock says: a timer knows */
export const looked = (fresh: Freshness, now: number, ran = 0): Freshness => ({
  ...fresh,
  seen: now,
  age: fresh.age + Math.max(ran, now - fresh.seen),
})

/** The relay told the time, and no more than that. */
export const heard = (fresh: Freshness, relay: number): Freshness => (relay > fresh.relay ? { ...fresh, relay } : fresh)

/** ms since the last refresh, as far as anybody can know */
export const ageOf = (fresh: Freshness, now: number): number =>
  Math.max(looked(fresh, now).age, fresh.relay - fresh.refreshed)

/** Neither a look nor, while live, a refresh is written down more often than that. */
const MINUTE = 60_000

export const isLookDue = (fresh: Freshness, now: number, ran = 0): boolean =>
  ran >= MINUTE || Math.abs(now - fresh.seen) >= MINUTE

export const isRefreshDue = (fresh: Freshness | undefined, now: number): boolean =>
  fresh === undefined || now < fresh.seen - MINUTE || ageOf(fresh, now) >= MINUTE
