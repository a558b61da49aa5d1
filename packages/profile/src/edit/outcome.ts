import type { Fields } from '../schema/schema.ts'

/** Why the relay would not take an edit (ER1); `conflict` only of online writes, `group` because of another member. */
export type RejectionCode =
  | 'conflict'
  | 'not-found'
  | 'exists'
  | 'rule'
  | 'not-permitted'
  | 'invalid'
  | 'too-large'
  | 'group'
  | 'other'

/** Nothing was changed. `column` by name; `rule`: which one refused it, where the code is `rule`. */
export interface Rejection {
  readonly status: 'rejected'
  readonly code: RejectionCode
  readonly message: string
  readonly column?: string
  readonly rule?: string
}

/** The two versions between which a person must choose. */
export interface Question {
  readonly theirs: Fields
  readonly theirsDeleted: boolean
  /** the revision that has to be seen before an answer counts */
  readonly rev: number
  /** who made theirs what it is since both last agreed, oldest first, as far as the record remembers them */
  readonly by?: readonly ChangedBy[]
}

/** A change on the other side of a conflict. */
export interface ChangedBy {
  readonly edit: string
  readonly device: string
  /** whose it was: the relay adds it to what it tells */
  readonly author?: { readonly id: string; readonly name: string }
  /** ms since 1970 by the relay's clock; with `author` */
  readonly at?: number
  /** ids of the columns that still are as it made them */
  readonly columns: readonly string[]
}

/** What became of an edit. Applied, lost, rejected and withdrawn are final for its id; held is not an end. */
export type Outcome =
  | {
      readonly status: 'applied'
      readonly rev: number
      /** what settled it, and who was on the other side, oldest first, as far as the record remembers them */
      readonly conflict?: string
      readonly by?: readonly ChangedBy[]
    }
  /** merged for its clocks, without effect; `to` is the revision it lost to */
  | {
      readonly status: 'lost'
      readonly rev: number
      readonly to: number
      readonly conflict: string
      readonly by?: readonly ChangedBy[]
    }
  | Rejection
  | { readonly status: 'held'; readonly by: string; readonly question?: Question }
  | { readonly status: 'withdrawn' }
