import type { Edit } from '../edit/edit.ts'
import type { ChangedBy, Outcome } from '../edit/outcome.ts'
import { difference, settleDocument } from '../record/document.ts'
import { type Confirmed, type Content, guidOf, REMEMBERED } from '../record/record.ts'
import { type FoundConflict, type Handle, judge, type Standing, type Verdict } from './judge.ts'
import type { LedgerEntry } from './ledger.ts'
import type { Strategy } from './strategy.ts'

/**
 * One edit into one record. First what the record must say, from plain values (judge); then the update is merged
 * into the document, a lost one too, and whatever differs from that is written under the settler's own client id.
 * The same code on the relay, between peers and in the lab.
 */

/** A record as its keeper has it; undefined = it never existed. */
export type RecordState =
  | { readonly state: 'purged'; /** for good: its relay lets nobody create it again */ readonly erased?: true }
  | { readonly state: 'held'; readonly confirmed: Confirmed; readonly content: Content }

/** What the settling side brings: its place in history and its own authority to write. */
export interface Knowledge {
  /** the revision and commit this edit becomes, if it is merged */
  readonly rev: number
  readonly commit: string
  /** a client id of the settling side alone, never used by two of its processes */
  readonly authority: number
  /** the author's base in this history; 0 where it is of another one */
  readonly base: number
  /** outcome of `edit.after` */
  readonly after?: Outcome
  /** the handler of a command */
  readonly handle?: Handle
  /** ms since 1970, for the ledger only */
  readonly at: number
}

export interface Merged {
  readonly outcome: Outcome
  /** undefined where nothing is to be stored */
  readonly record?: { readonly confirmed: Confirmed; readonly content: Content }
  readonly ledger?: LedgerEntry
}

export const mergeEdit = (
  record: RecordState | undefined,
  edit: Edit,
  strategy: Strategy,
  knowledge: Knowledge,
): Merged => settle(record, edit, verdictOn(record, edit, strategy, knowledge), strategy, knowledge)

export const verdictOn = (
  record: RecordState | undefined,
  edit: Edit,
  strategy: Strategy,
  { base, after, handle }: Pick<Knowledge, 'base' | 'after' | 'handle'>,
): Verdict =>
  judge(standingOf(record), edit, {
    base: sameLife(record, edit) ? base : 0,
    strategy,
    ...(after === undefined ? {} : { after }),
    ...(handle === undefined ? {} : { handle }),
  })

export const standingOf = (record: RecordState | undefined): Standing | undefined =>
  record?.state !== 'held'
    ? record
    : { state: 'held', content: record.content, changed: record.confirmed.changed, recent: record.confirmed.recent }

/**
 * Bytes of another life of the record are never applied: such an edit is settled by its values alone. An edit that
 * names no life was recorded before its author had the record confirmed, a create or what follows a pending one;
 * the gate judges its clocks.
 */
export const sameLife = (record: RecordState | undefined, edit: Edit): boolean => {
  if (edit.incarnation === '' && edit.kind === 'create') return true
  return record?.state === 'held' && (edit.incarnation === '' || edit.incarnation === record.confirmed.incarnation)
}

/** Carries out a verdict. Groups settle several edits on one combined verdict. */
export const settle = (
  record: RecordState | undefined,
  edit: Edit,
  verdict: Verdict,
  strategy: Strategy,
  knowledge: Knowledge,
): Merged => {
  if (verdict.status === 'rejected') return { outcome: verdict }
  if (verdict.status === 'held') return parked(record, edit, verdict, strategy, knowledge)
  const standing = record?.state === 'held' ? record : undefined
  const { rev, commit } = knowledge
  const update = sameLife(record, edit) ? edit.update : undefined
  const bytes = settleDocument(
    guidOf(edit.table, edit.record),
    standing?.confirmed.bytes,
    update,
    verdict.content,
    knowledge.authority,
  )
  const confirmed: Confirmed = {
    ...history(standing, edit, verdict.content, knowledge),
    rev,
    commit,
    settled: {
      ...standing?.confirmed.settled,
      [edit.device]: Math.max(edit.seq, standing?.confirmed.settled[edit.device] ?? 0),
    },
    bytes,
  }
  const others = verdict.conflict === undefined ? {} : { by: changedBy(record, verdict.conflict) }
  const conflict = verdict.conflict === undefined ? {} : { conflict: settledBy(verdict.conflict, strategy), ...others }
  return {
    outcome:
      verdict.status === 'lost'
        ? { status: 'lost', rev, to: verdict.to, conflict: strategy.name, ...others }
        : { status: 'applied', rev, ...conflict },
    record: { confirmed, content: verdict.content },
    ...(verdict.conflict === undefined
      ? {}
      : { ledger: entry(edit, verdict.status, verdict.conflict, verdict.content, strategy, knowledge, rev) }),
  }
}

const settledBy = (conflict: FoundConflict, strategy: Strategy): string => conflict.settledBy ?? strategy.name

const parked = (
  record: RecordState | undefined,
  edit: Edit,
  verdict: Extract<Verdict, { status: 'held' }>,
  strategy: Strategy,
  knowledge: Knowledge,
): Merged => {
  const { conflict } = verdict
  if (conflict === undefined) return { outcome: { status: 'held', by: verdict.by } }
  const rev = record?.state === 'held' ? record.confirmed.rev : 0
  const by = changedBy(record, conflict)
  const question = { theirs: conflict.theirs.fields, theirsDeleted: conflict.theirs.deleted, rev, by }
  return {
    outcome: { status: 'held', by: verdict.by, question },
    ledger: entry(edit, 'held', conflict, conflict.theirs, strategy, knowledge, rev),
  }
}

/** Who is on the other side, with the columns that still are as each of them made them. */
const changedBy = (record: RecordState | undefined, { against }: FoundConflict): readonly ChangedBy[] => {
  const columns = record?.state === 'held' ? record.confirmed.columns : {}
  return against.map(({ edit, device, rev }) => ({
    edit,
    device,
    columns: Object.keys(columns).filter(column => columns[column] === rev),
  }))
}

const history = (
  standing: { readonly confirmed: Confirmed; readonly content: Content } | undefined,
  edit: Edit,
  content: Content,
  { rev, commit }: Knowledge,
): Pick<Confirmed, 'changed' | 'incarnation' | 'recent' | 'columns'> => {
  const visible = { rev, edit: edit.id, device: edit.device }
  if (standing === undefined) return { changed: rev, incarnation: commit, recent: [visible], columns: {} }
  const { changed, incarnation, recent, columns } = standing.confirmed
  const written = Object.keys(difference(standing.content, content))
  if (written.length === 0) return { changed, incarnation, recent, columns }
  const moved = Object.fromEntries(written.map(column => [column, rev]))
  return {
    changed: rev,
    incarnation,
    recent: [...recent, visible].slice(-REMEMBERED),
    columns: { ...columns, ...moved },
  }
}

const entry = (
  edit: Edit,
  status: LedgerEntry['status'],
  conflict: FoundConflict,
  result: Content,
  strategy: Strategy,
  knowledge: Knowledge,
  rev: number,
): LedgerEntry => ({
  edit: edit.id,
  table: edit.table,
  record: edit.record,
  rev,
  at: knowledge.at,
  strategy: settledBy(conflict, strategy),
  status,
  kind: edit.kind,
  author: edit.author,
  device: edit.device,
  base: edit.base.rev,
  against: conflict.against.map(change => change.edit),
  changes: edit.changes,
  mine: conflict.mine,
  theirs: conflict.theirs,
  result,
})
