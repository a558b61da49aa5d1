import type { Changes, EditKind } from '../edit/edit.ts'
import type { Content } from '../record/record.ts'

/** Two sides changed one record since they last agreed: what a strategy decides on, in plain values. */
export interface Conflict {
  readonly table: string
  readonly record: string
  readonly kind: EditKind
  /** what its author did */
  readonly changes: Changes
  /** the record as its author had it, his edit included; hidden columns are missing */
  readonly mine: Content
  /** the record as it stands */
  readonly theirs: Content
  /** the record as it stands with the edit's columns laid over */
  readonly merged: Content
}

/**
 * `mine`: the author's whole record; `merged`: his columns over the standing record; `theirs`: his edit has no
 * effect; `ask`: nothing happens until a person answers; or a content of the strategy's own making.
 */
export type Decision = 'mine' | 'merged' | 'theirs' | 'ask' | { readonly content: Content }

export interface Strategy {
  readonly name: string
  /** whether `mine` is needed whole, so that edits must carry an image */
  readonly image: boolean
  decide(conflict: Conflict): Decision
}

/** "Conflict detection: No", the default: the data on the client device wins (CF3). */
export const clientWins: Strategy = { name: 'clientWins', image: true, decide: () => 'mine' }

/** "Conflict detection: Yes": the data on the server wins (CF4). */
export const serverWins: Strategy = { name: 'serverWins', image: false, decide: () => 'theirs' }

/** Columns of both sides; of a delete and a change the change stays. */
export const merge: Strategy = {
  name: 'merge',
  image: false,
  decide: ({ kind }) => (kind === 'delete' ? 'theirs' : 'merged'),
}

export const ask: Strategy = { name: 'ask', image: true, decide: () => 'ask' }

/** Those that are always there. */
export type BuiltInStrategy = 'clientWins' | 'serverWins' | 'merge' | 'ask'

/** One of those, or that of an application's own (custom.ts). */
export type StrategyName = BuiltInStrategy | (string & {})

export const strategies: Readonly<Record<BuiltInStrategy, Strategy>> = { clientWins, serverWins, merge, ask }
