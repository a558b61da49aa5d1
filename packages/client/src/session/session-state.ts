import type { Position, Refusal } from '@rejoin/profile'

/** The life of one conversation with a relay. */
export type SessionState =
  | { readonly phase: 'greeting' }
  /** pages and deltas are coming */
  | { readonly phase: 'catching-up' }
  /** everything up to `at` came, and some tables differ: finding out where */
  | { readonly phase: 'comparing'; readonly at: Position; readonly open: number }
  /** device and relay agreed; what changes comes at once */
  | { readonly phase: 'live' }
  /** the user was removed: what is unsent is handed in, then everything goes (MB6) */
  | { readonly phase: 'leaving' }
  | { readonly phase: 'ended'; readonly end: SessionEnd }

export interface SessionEnd {
  /** a websocket close code */
  readonly code: number
  readonly refusal?: Refusal
}

/** Nothing is pushed before the relay has said welcome; from then on, while catching up too (FS5). */
export const maySend = ({ phase }: SessionState): boolean =>
  phase !== 'greeting' && phase !== 'leaving' && phase !== 'ended'

export const isOver = ({ phase }: SessionState): boolean => phase === 'ended'
