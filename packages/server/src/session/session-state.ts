import type { Scope } from '@rejoin/profile'
import type { Author } from '../commit/submission.ts'
import type { Missed } from './missed.ts'

/** The life of one connection. */
export type SessionState =
  | { readonly phase: 'greeting'; readonly since: number }
  /** pages and deltas are under way; commits that happen meanwhile wait in `missed` */
  | { readonly phase: 'catching-up'; readonly guest: Guest; readonly missed: Missed }
  | { readonly phase: 'live'; readonly guest: Guest }
  | { readonly phase: 'closed' }

/** Who the device is, and what it may hold. */
export interface Guest {
  readonly author: Author
  readonly app: string
  readonly scope: Scope
  /** ms since 1970: when its sign-in ends */
  readonly expires: number
  /** it wants changes as they are made */
  readonly live: boolean
  /** tables of which nothing is pushed: passes bring them */
  readonly passed: ReadonlySet<string>
}

export const guestOf = (state: SessionState): Guest | undefined =>
  state.phase === 'catching-up' || state.phase === 'live' ? state.guest : undefined
