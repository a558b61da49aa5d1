import type { Edit } from '../edit/edit.ts'
import type { Outcome, Rejection } from '../edit/outcome.ts'
import { type Content, REMEMBERED, sameContent, type Visible } from '../record/record.ts'
import type { Fields, Value } from '../schema/schema.ts'
import type { Conflict, Strategy } from './strategy.ts'

/**
 * What an edit means for a record, in plain values: the truth table (truth-table.ts) as code. No documents here,
 * so a device's view, a peer and the relay can all afford it.
 */

/** A record as far as judging needs it; undefined = it never existed. */
export type Standing =
  | { readonly state: 'purged' }
  | {
      readonly state: 'held'
      readonly content: Content
      readonly changed: number
      readonly recent: readonly Visible[]
    }

export interface Circumstances {
  /** the revision its author stood on, 0 where that is another history or another life of the record */
  readonly base: number
  /** outcome of the edit this one was made on top of, where there is one */
  readonly after?: Outcome
  readonly strategy: Strategy
  /** a command's handler; where it is not known, on devices, what its author saw stands for it */
  readonly handle?: Handle
}

/** Runs a command on the record as it stands. @returns the values it sets, by column id, or its refusal */
export type Handle = (standing: Content) => Handled
/** `thrown`: its bug, to be reported; the rejection says that there is one */
export type Handled = { readonly set: Fields } | { readonly refused: Rejection; readonly thrown?: unknown }

export interface FoundConflict {
  readonly against: readonly Visible[]
  readonly mine: Content
  readonly theirs: Content
  /** what settled it, where that was not the strategy */
  readonly settledBy?: 'command'
}

export type Verdict =
  | { readonly status: 'applied'; readonly content: Content; readonly conflict?: FoundConflict }
  | { readonly status: 'lost'; readonly content: Content; readonly to: number; readonly conflict: FoundConflict }
  | { readonly status: 'held'; readonly by: string; readonly conflict?: FoundConflict }
  | Rejection

export const judge = (standing: Standing | undefined, edit: Edit, circumstances: Circumstances): Verdict => {
  const { after } = circumstances
  if (after !== undefined && (after.status === 'rejected' || after.status === 'held' || after.status === 'withdrawn')) {
    return { status: 'held', by: edit.after! }
  }
  if (standing === undefined || standing.state === 'purged') {
    return edit.kind === 'create' ? { status: 'applied', content: created(edit) } : notFound
  }
  if (edit.kind === 'create') {
    return standing.content.deleted ? { status: 'applied', content: created(edit) } : exists
  }
  const theirs = standing.content
  const merged = laidOver(theirs, edit)
  const against = foreignChanges(standing, edit, circumstances)
  const conflict: FoundConflict | undefined =
    against === undefined && !lostBefore(circumstances)
      ? undefined
      : { against: against ?? [], mine: imageOf(edit, theirs), theirs }
  if (edit.kind === 'command' && !lostBefore(circumstances)) return handled(theirs, edit, against ?? [], circumstances)
  if (conflict === undefined) return theirs.deleted ? notFound : { status: 'applied', content: merged }
  // Both sides deleted: they agree.
  if (edit.kind === 'delete' && theirs.deleted) return { status: 'applied', content: theirs }
  const lost: Verdict = { status: 'lost', content: theirs, to: standing.changed, conflict }
  return lostBefore(circumstances)
    ? lost
    : decided(circumstances.strategy, questionOf(edit, conflict, merged), conflict, lost, edit)
}

/** No conflict, whatever changed meanwhile; but where its author saw something else, both versions are kept. */
const handled = (theirs: Content, edit: Edit, against: readonly Visible[], { handle }: Circumstances): Verdict => {
  if (theirs.deleted) return notFound
  const seen = laidOver(theirs, edit)
  if (handle === undefined) return { status: 'applied', content: seen }
  const result = handle(theirs)
  if ('refused' in result) return result.refused
  const content: Content = { fields: withoutNulls({ ...theirs.fields, ...result.set }), deleted: false }
  return sameContent(content, seen)
    ? { status: 'applied', content }
    : { status: 'applied', content, conflict: { against, mine: imageOf(edit, theirs), theirs, settledBy: 'command' } }
}

const questionOf = (
  { table, record, kind, changes }: Edit,
  { mine, theirs }: FoundConflict,
  merged: Content,
): Conflict => ({
  table,
  record,
  kind,
  changes,
  mine,
  theirs,
  merged,
})

const decided = (
  strategy: Strategy,
  question: Conflict,
  conflict: FoundConflict,
  lost: Verdict,
  edit: Edit,
): Verdict => {
  const decision = strategy.decide(question)
  if (decision === 'theirs') return lost
  if (decision === 'ask') return { status: 'held', by: edit.id, conflict }
  const content = decision === 'mine' ? question.mine : decision === 'merged' ? question.merged : decision.content
  return { status: 'applied', content, conflict }
}

/** An edit after a lost one is lost too, unless its author had seen what the earlier one lost to. */
const lostBefore = ({ after, base }: Circumstances): boolean => after?.status === 'lost' && base < after.to

/** Changes by others since the author's base, undefined where there are none (CF1). */
const foreignChanges = (
  standing: Extract<Standing, { state: 'held' }>,
  edit: Edit,
  { base, after }: Circumstances,
): readonly Visible[] | undefined => {
  // What the chain's earlier edits met is settled with them.
  const known = after?.status === 'applied' ? Math.max(base, after.rev) : base
  if (standing.changed <= known) return undefined
  const later = standing.recent.filter(({ rev }) => rev > known)
  const foreign = later.filter(change => change.device !== edit.device && !(edit.seen ?? []).includes(change.edit))
  const forgotten = standing.recent.length === REMEMBERED && later.length === REMEMBERED
  return foreign.length > 0 || forgotten || later.length === 0 ? foreign : undefined
}

const created = (edit: Edit): Content => ({ fields: withoutNulls(afters(edit)), deleted: false })

export const laidOver = (content: Content, edit: Edit): Content =>
  edit.kind === 'delete'
    ? { ...content, deleted: true }
    : { fields: withoutNulls({ ...content.fields, ...afters(edit) }), deleted: false }

/** The author's whole record. Columns he may not write or see stay as they stand. */
const imageOf = (edit: Edit, theirs: Content): Content =>
  edit.kind === 'delete'
    ? { ...theirs, deleted: true }
    : { fields: withoutNulls({ ...theirs.fields, ...edit.image, ...afters(edit) }), deleted: false }

const afters = (edit: Edit): Fields => {
  const values: Record<string, Value> = {}
  for (const [column, [, after]] of Object.entries(edit.changes)) values[column] = after
  return values
}

const withoutNulls = (fields: Fields): Fields => {
  const kept: Record<string, Value> = {}
  for (const [column, value] of Object.entries(fields)) if (value !== null) kept[column] = value
  return kept
}

const notFound: Verdict = { status: 'rejected', code: 'not-found', message: 'Record not found' }
const exists: Verdict = { status: 'rejected', code: 'exists', message: 'Record already exists' }
