import type { Answer, Content, Edit, EditKind, Fields, Person } from '@rejoin/profile'

/** What comes to a commit: one edit, or the edits of one group, with the person and device they are judged by. */
export type Submission = DeviceSubmission | OnlineSubmission | WithdrawSubmission

export interface DeviceSubmission {
  readonly from: 'device'
  readonly edits: readonly Edit[]
  readonly author: Author
}

/** A write through the online API: recorded inside the commit, on the record as it is then. */
export interface OnlineSubmission {
  readonly from: 'online'
  readonly id: string
  readonly person: Person
  readonly kind: WriteKind
  readonly table: string
  readonly record: string
  /** by column id; null clears */
  readonly values: Fields
  /** refuse unless the record is still at this revision (If-Match) */
  readonly ifRev?: number
}

/** What is written column by column; commands are run by devices. */
export type WriteKind = Exclude<EditKind, 'command'>

/** A device wants an edit back; if it comes before the edit, the edit is void. */
export interface WithdrawSubmission {
  readonly from: 'withdraw'
  readonly edit: string
  readonly author: Author
}

export interface Author {
  readonly person: Person
  readonly device: string
  /** client id prefixes granted to the device */
  readonly prefixes: readonly number[]
  /** the app he works with, by which his profile is found */
  readonly app?: string
}

/** One record a commit changed, as live sessions need it. */
export interface Changed {
  readonly table: string
  readonly id: string
  readonly rev: number
  readonly before: Content | undefined
  /** set where another relay changed the row and `before` is not known: whether a column may have changed */
  readonly moved?: (column: string) => boolean
  /** of such a row: all of its history that is known is news, so it may not have been there */
  readonly isNew?: boolean
  readonly after: Content
  readonly envelope: Uint8Array
}

/** An answer with a mark for input no honest device sends (RELIABILITY.md, "revoking"). */
export interface Judged {
  readonly edit: string
  readonly table: string
  readonly record: string
  readonly answer: Answer
  readonly suspicious?: boolean
}
