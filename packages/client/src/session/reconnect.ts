import { closeCodes } from '@rejoin/profile'
import type { SessionEnd } from './session-state.ts'

/** Whether, and when, a device comes back after a session ended. Pure; chance is handed in. */
export type Return =
  | { readonly again: true; readonly after: number }
  /** coming back would end the same way: somebody has to do something first */
  | { readonly again: false }

const FIRST = 500
const LONGEST = 30_000
/** an administrator has to do something first */
const SELDOM = 10 * 60_000

/**
 * Exponential back-off with full jitter: a relay that restarts does not meet all its devices at once.
 * @param attempts sessions in a row that ended before anything came of them
 * @param chance 0 <= chance < 1
 * @param renewable whether a fresh token can be asked for
 */
export const comeBack = ({ code }: SessionEnd, attempts: number, chance: number, renewable: boolean): Return => {
  if (code === closeCodes.forbidden || code === closeCodes.replaced || code === closeCodes.version)
    return { again: false }
  if (code === closeCodes.rows) return { again: true, after: SELDOM }
  if (code === closeCodes.unauthenticated && !renewable) return { again: false }
  // A token that ran out while live is renewed at once.
  if (code === closeCodes.unauthenticated && attempts === 0) return { again: true, after: 0 }
  return { again: true, after: Math.round(chance * Math.min(LONGEST, FIRST * 2 ** attempts)) }
}
