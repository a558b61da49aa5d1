import { ageOf, type Freshness } from './freshness.ts'

/** Whether what a device holds may be read, and for how long. Times are ms since 1970 by this device's clock. */
export type CacheState =
  /** no first sync has completed: nothing can be used offline yet (FS4) */
  | { readonly state: 'none' }
  | { readonly state: 'fresh'; readonly expiresAt: number }
  /** a reminder is due (CA2); `left`: ms before the end at which it became so */
  | { readonly state: 'expiring'; readonly expiresAt: number; readonly left: number }
  /** unreadable until the device has been online and in agreement (CA3) */
  | { readonly state: 'expired' }

const HOUR = 3_600_000

/** A person is reminded so many ms before the end, as far as the lifetime is longer than that. */
export const reminders: readonly number[] = [12 * HOUR, 4 * HOUR, HOUR, HOUR / 4]

/** @param hours the administrator's setting */
export const cacheAt = (
  { ready, fresh }: { readonly ready: boolean; readonly fresh?: Freshness },
  hours: number,
  now: number,
): CacheState => {
  if (!ready) return { state: 'none' }
  // What nobody can date is as old as it could be.
  const left = fresh === undefined ? 0 : hours * HOUR - ageOf(fresh, now)
  if (left <= 0) return { state: 'expired' }
  const reminder = reminders.findLast(before => left <= before && before < hours * HOUR)
  const expiresAt = now + left
  return reminder === undefined ? { state: 'fresh', expiresAt } : { state: 'expiring', expiresAt, left: reminder }
}

/** ms until the state is another one if nothing happens; undefined where it will not be */
export const nextTurn = (cache: CacheState, now: number): number | undefined => {
  if (cache.state === 'none' || cache.state === 'expired') return undefined
  const left = cache.expiresAt - now
  const passed = cache.state === 'expiring' ? cache.left : Infinity
  const next = reminders.find(before => before < left && before < passed)
  return next === undefined ? left : left - next
}
