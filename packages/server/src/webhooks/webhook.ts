import type { Position } from '@rejoin/profile'

/** A subscription: who is told what, from where on. Kept as the entry `webhook`. */
export interface Webhook {
  readonly id: string
  readonly url: string
  /** `whsec_` and base64; shown once, when it is made */
  readonly secret: string
  /** the person whose rights it follows with, asked again for every batch */
  readonly as: string
  readonly tables?: readonly string[]
  /** `table.column` */
  readonly columns?: readonly string[]
  /** ms since 1970 */
  readonly created: number
}

/**
 * How far it has come: the entry `webhook-progress`, written after a batch was taken and never before, so that what a
 * relay did not live to note is sent again.
 */
export type Progress =
  | { readonly state: 'running'; readonly cursor: Position; /** ms since 1970 */ readonly taken?: number }
  | {
      readonly state: 'failing'
      readonly cursor: Position
      /** of the first failure in a row, ms since 1970 */
      readonly since: number
      readonly attempts: number
      /** not tried again before, ms since 1970 */
      readonly next: number
      readonly why: string
    }
  /** until an administrator resumes it: nothing is lost meanwhile, since what it lacks is in the records */
  | { readonly state: 'paused'; readonly cursor: Position; readonly at: number; readonly why: string }

export const webhookKey = (id: string) => ({ kind: 'webhook', id }) as const
export const progressKey = (id: string) => ({ kind: 'webhook-progress', id }) as const

/** First wait after a failure, and the longest, ms. */
const FIRST = 5_000
const LONGEST = 3_600_000
/** Failures in a row for so long end in a pause, ms. */
export const GIVE_UP: number = 5 * 24 * 3_600_000

/** What an answer means. `gone` ends it at once: the receiver says that it will never listen again. */
export type Answer = { readonly state: 'taken' } | { readonly state: 'failed' | 'gone'; readonly why: string }

export interface Happened {
  readonly answer: Answer
  /** what was sent brings the follower up to here */
  readonly cursor: Position
  readonly now: number
  /** from 0 up to 1: receivers that failed together are not tried again together */
  readonly chance: number
}

export const afterwards = (before: Progress, { answer, cursor, now, chance }: Happened): Progress => {
  if (answer.state === 'taken') return { state: 'running', cursor, taken: now }
  const failing = before.state === 'failing' ? before : { since: now, attempts: 0 }
  const { why } = answer
  if (answer.state === 'gone' || now - failing.since >= GIVE_UP)
    return { state: 'paused', cursor: before.cursor, at: now, why }
  const attempts = failing.attempts + 1
  const wait = Math.min(LONGEST, FIRST * 2 ** Math.min(attempts - 1, 20)) * (0.5 + chance)
  return { state: 'failing', cursor: before.cursor, since: failing.since, attempts, next: now + wait, why }
}
