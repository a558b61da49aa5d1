import { closeCodes } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { SessionEnd } from './session-state.ts'

/** What the queue is paused by while the relay does not know who is there, until it welcomes somebody (ER4). */
export const SIGN_IN = 'sign-in'

/**
 * How a session ends for which no token could be had: as one the relay refused, where the app says that its user has
 * to sign in; otherwise as one that found no network.
 */
export const withoutToken = (error: unknown): SessionEnd | undefined => {
  if (!(error instanceof RejoinFault) || error.code !== 'unauthenticated') return undefined
  const code = closeCodes.unauthenticated
  return { code, refusal: { code, reason: error.code, message: error.message, fix: error.fix ?? 'sign in again' } }
}
