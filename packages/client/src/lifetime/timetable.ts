import type { Host } from '../device/host.ts'
import type { Reading } from '../replica/replica.ts'
import { ageOf, type Freshness } from './freshness.ts'

/**
 * CA6: downloads at times set ahead, before a shift. One that could not be made at its time stays due until the device
 * and the relay have agreed once after it.
 */
export interface Timetable {
  /** something is due that has not been made up for */
  isDue(): boolean
  /** times were set, or the device was opened */
  look(): void
  stop(): void
}

/** ms since 1970 by the device's clock. Pure. */
export const isDueAt = (times: readonly number[], fresh: Freshness | undefined, now: number): boolean => {
  const refreshed = fresh === undefined ? -Infinity : now - ageOf(fresh, now)
  return times.some(time => time <= now && time > refreshed)
}

/** ms until the next time, at most so many: a machine that slept, or a clock that was set, is noticed by then */
const SELDOM = 10 * 60_000

export const createTimetable = (replica: Reading, host: Host, due: () => void): Timetable => {
  let cancel = (): void => {}
  const times = (): readonly number[] => replica.memory.meta.scheduled ?? []
  const isDue = (): boolean => isDueAt(times(), replica.memory.meta.fresh, host.now())
  const look = (): void => {
    cancel()
    if (isDue()) due()
    const now = host.now()
    const ahead = times().filter(time => time > now)
    if (ahead.length > 0) cancel = host.after(Math.min(SELDOM, Math.min(...ahead) - now), look)
  }
  return { isDue, look, stop: () => cancel() }
}
