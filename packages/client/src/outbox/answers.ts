import {
  type Answered,
  type ChangedBy,
  type ChangesMessage,
  type Content,
  type Fields,
  GRACE_HOURS,
  type Outcome,
  sameValue,
} from '@rejoin/profile'
import type { Conflicted } from '../replica/conflicted.ts'
import type { Draft } from '../replica/draft.ts'
import { decode, type Kept, keyOf } from '../replica/memory.ts'
import { aftersOf, reauthorAll } from '../replica/reauthor.ts'
import { type Pen, settledViewIn, takeFreshId, viewIn } from '../replica/recording.ts'
import { noteReplaced, noteReplacedBefore } from '../replica/replaced.ts'
import { dropRow, forgetGone, takeRow } from '../replica/rows.ts'
import { isLive } from '../replica/view.ts'
import { goOnWithoutGone } from './going-on.ts'
import { adopt, isThere, orphan } from './orphans.ts'
import { type Accepted, type Entry, next } from './outbox-state.ts'
import { seenAfter } from './question.ts'

/**
 * One message of changes is one commit: rows, removals, what became of the device's own edits, and what follows
 * from that for the edits behind them.
 */
export interface Arrived {
  /** rows that were taken or dropped */
  readonly rows: number
  /** withdrawals that came too late: the edit took effect */
  readonly late: readonly Entry[]
}

export const takeChanges = (draft: Draft, message: ChangesMessage, pen: Pen): Arrived => {
  const conflicts = conflictsIn(draft, message.answers, pen)
  let rows = 0
  const touched = new Set<string>()
  const gone = new Set<string>()
  for (const { table, id, envelope } of message.rows) {
    const key = keyOf({ table, id })
    touched.add(key)
    const before = draft.rows.get(key)
    if (!takeRow(draft, key, envelope)) continue
    rows++
    noteReplaced(draft, key, before, pen.now())
  }
  for (const { table, id } of message.gone) gone.add(keyOf({ table, id }))
  const again = new Set<string>()
  const behind = new Map<string, number>()
  const late: Entry[] = []
  for (const { edit, answer } of message.answers) {
    const entry = draft.entry(edit)
    if (entry === undefined) continue
    const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
    touched.add(key)
    if (entry.state.status === 'withdrawing' && (answer.status === 'applied' || answer.status === 'lost'))
      late.push(entry)
    if (answer.status === 'withdrawn' && entry.state.status !== 'withdrawing') noteElsewhere(draft, entry, pen)
    const followUp = take(draft, entry, answer)
    if (followUp === 'again') again.add(key)
    else if (followUp === 'reauthor') behind.set(key, Math.min(entry.edit.seq, behind.get(key) ?? entry.edit.seq))
  }
  const kept = keptOf(draft, message, pen)
  for (const key of [...touched, ...gone]) confirm(draft, key, gone.has(key), conflicts, pen)
  for (const { table, id, why } of message.gone)
    if (dropRow(draft, keyOf({ table, id }), why, kept.get(keyOf({ table, id })))) rows++
  reauthorAll(draft, behind, pen)
  if (message.answers.some(({ answer: { status } }) => status === 'rejected')) goOnWithoutGone(draft, pen)
  for (const key of again) if (!behind.has(key)) sendAgain(draft, key, pen)
  adopt(draft, key => touched.has(key) && isThere(draft, key), pen)
  for (const key of touched) forgetGone(draft, key)
  return { rows, late }
}

/** Rows of the author's own making that leave by the profile: as he last knew them (DS15). */
const keptOf = (draft: Draft, { gone }: ChangesMessage, pen: Pen): ReadonlyMap<string, Kept> => {
  const kept = new Map<string, Kept>()
  const { grant } = draft.meta()
  const until = pen.now() + (grant?.graceHours ?? GRACE_HOURS) * 3_600_000
  for (const { table, id, why } of gone) {
    const key = keyOf({ table, id })
    const row = draft.rows.get(key)
    // What never was in scope has not left it (LW8); of a table that is gone as a whole nobody says what may be read.
    const isGranted = grant?.tables.some(each => each.table === table) === true
    if (why !== 'left' || !isGranted || row === undefined || draft.authored.get(key) === undefined) continue
    const seen = settledViewIn(draft, key)
    if (isLive(seen)) kept.set(key, { fields: seen.fields, until })
    else if (row.kept !== undefined) kept.set(key, row.kept)
  }
  return kept
}

/**
 * An entry its author still means, decided about on another device of his. Where the record does not say what he wrote
 * here, he is told, and has it yet.
 */
const noteElsewhere = (draft: Draft, entry: Entry, pen: Pen): void => {
  const { id, table, record, kind, changes, base } = entry.edit
  const key = keyOf({ table, id: record })
  const row = draft.rows.get(key)
  const stated = row === undefined || row.gone !== undefined ? undefined : decode(row)?.content
  const isSaid =
    stated === undefined || stated.deleted
      ? kind === 'delete'
      : kind !== 'delete' &&
        Object.entries(aftersOf(changes)).every(([column, value]) => sameValue(stated.fields[column] ?? null, value))
  if (isSaid) return
  const answer = {
    status: 'lost',
    rev: Math.max(base.rev, row?.rev ?? 0),
    to: row?.rev ?? 0,
    conflict: ELSEWHERE,
  } as const
  const theirs = stated ?? null
  draft.ledger.set(id, {
    ...conflicted(entry, answer, mineIn(draft, key, entry), theirs ?? undefined, pen),
    result: theirs,
  })
}

/** Under which name the ledger keeps what another device of its author decided. */
const ELSEWHERE = 'elsewhere'

/** @returns what has to follow for the record's chain */
const take = (draft: Draft, entry: Entry, answer: Answered['answer']): 'reauthor' | 'again' | undefined => {
  const state = next(entry.state, { type: 'answered', answer })
  if (state === 'reauthor') return 'reauthor'
  if (state !== 'removed') {
    draft.putEntry({ ...entry, state })
    return answer.status === 'wait' ? 'again' : undefined
  }
  const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
  const closing = entry.state.status === 'withdrawing' && entry.state.closing
  draft.removeEntry(entry.edit.id)
  if (entry.state.status === 'withdrawing' && !closing) orphan(draft, entry)
  const behind = draft.chain(key).some(({ state: { status } }) => status !== 'accepted' && status !== 'withdrawing')
  if (closing) return undefined
  if (!behind) takeFreshId(draft, key)
  return behind ? 'reauthor' : undefined
}

/** The relay does not know the edit this one was made on: all of the chain again, in order. */
const sendAgain = (draft: Draft, key: string, pen: Pen): void => {
  const chain = draft.chain(key)
  const first = chain.find(({ state }) => state.status === 'waiting' || state.status === 'sent')
  const after = first?.edit.after
  const known =
    after === undefined || draft.settled.get(after) !== undefined || chain.some(({ edit }) => edit.id === after)
  // What it was made on will never come: it has to be recorded on what is confirmed.
  if (!known) return reauthorAll(draft, new Map([[key, first!.edit.seq]]), pen)
  const groups = new Set(chain.map(({ edit }) => edit.group))
  for (const entry of draft.entries()) {
    const { group } = entry.edit
    if (!chain.includes(entry) && (group === undefined || !groups.has(group))) continue
    const cut = next(entry.state, { type: 'cut' })
    if (typeof cut !== 'string' && entry.state.status !== 'withdrawing') draft.putEntry({ ...entry, state: cut })
  }
}

/** Accepted entries leave once their record is stored at the outcome's revision, or is gone and nothing stands on them. */
const confirm = (
  draft: Draft,
  key: string,
  gone: boolean,
  conflicts: ReadonlyMap<string, Conflicted>,
  pen: Pen,
): void => {
  for (const entry of draft.chain(key)) {
    if (entry.state.status !== 'accepted') continue
    const { answer } = entry.state
    if (isStored(draft, key, answer.rev) || (gone && !isStoodOn(draft, key)))
      settle(draft, entry, answer, conflicts, pen)
  }
}

const isStored = (draft: Draft, key: string, rev: number): boolean => {
  const row = draft.rows.get(key)
  return row?.envelope !== undefined && row.rev >= rev
}

/**
 * Whether entries of the record are still open. A gone record comes without the bytes of what was accepted last: the
 * work document of the entries behind needs them, or their clocks would be given out twice.
 */
const isStoodOn = (draft: Draft, key: string): boolean =>
  draft
    .chain(key)
    .some(({ state }) => state.status !== 'accepted' && !(state.status === 'withdrawing' && state.closing))

/** Everything up to `rev` is held: what was accepted by then is confirmed, wherever its record is now. */
export const confirmUpTo = (draft: Draft, rev: number, pen: Pen): void => {
  for (const entry of draft.entries()) {
    if (entry.state.status !== 'accepted' || entry.state.answer.rev > rev) continue
    const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
    if (!isStored(draft, key, entry.state.answer.rev) && isStoodOn(draft, key)) continue
    settle(draft, entry, entry.state.answer, new Map(), pen)
    forgetGone(draft, key)
  }
}

const settle = (
  draft: Draft,
  entry: Entry,
  answer: Accepted,
  conflicts: ReadonlyMap<string, Conflicted>,
  pen: Pen,
): void => {
  const { id, table, record, kind } = entry.edit
  const key = keyOf({ table, id: record })
  draft.removeEntry(id)
  draft.settled.set(id, answer)
  const row = draft.rows.get(key)
  const confirmed = row === undefined ? undefined : decode(row)
  const authored = draft.authored.get(key)
  if (kind === 'create' && authored !== undefined && confirmed !== undefined) {
    draft.authored.set(key, { ...authored, incarnation: confirmed.confirmed.incarnation })
  }
  if (answer.status === 'applied') {
    const mine = { rev: answer.rev, edit: id, device: entry.edit.device }
    noteReplacedBefore(draft, key, mine, aftersOf(entry.edit.changes), pen.now())
  }
  if (answer.conflict === undefined) return
  const known = conflicts.get(id) ?? conflicted(entry, answer, undefined, undefined, pen)
  const recent = confirmed?.confirmed.recent ?? []
  // A row that went is not stated any more: what is left of it is what it was before.
  const stated = isStored(draft, key, answer.rev) && row?.gone === undefined ? (confirmed?.content ?? null) : null
  draft.ledger.set(id, {
    ...known,
    theirs: answer.status === 'lost' ? stated : known.theirs,
    result: stated,
    against: recent
      .filter(({ rev, device }) => rev > entry.edit.base.rev && device !== entry.edit.device)
      .map(change => ({ ...change, ...whose(answer, change.edit) })),
  })
}

const whose = ({ by = [] }: Accepted, edit: string): Pick<ChangedBy, 'author' | 'at'> => {
  const { author, at } = by.find(change => change.edit === edit) ?? {}
  return { ...(author === undefined ? {} : { author }), ...(at === undefined ? {} : { at }) }
}

/** Taken before anything is stored: what the author saw, and what he held of the other side. */
const conflictsIn = (draft: Draft, answers: readonly Answered[], pen: Pen): Map<string, Conflicted> => {
  const found = new Map<string, Conflicted>()
  for (const { edit, answer } of answers) {
    const entry = draft.entry(edit)
    if (entry === undefined || !isConflict(answer)) continue
    const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
    const row = draft.rows.get(key)
    const held = row === undefined || row.rev <= entry.edit.base.rev ? undefined : decode(row)?.content
    found.set(edit, conflicted(entry, answer, mineIn(draft, key, entry), held, pen))
  }
  return found
}

/**
 * The record as its author had it. Where that was not kept, a newer row may already have replaced what he saw: his own
 * values up to this edit are laid over what is left.
 */
const mineIn = (draft: Draft, key: string, entry: Entry): Content => {
  const { edit } = entry
  if (entry.before !== undefined || edit.kind === 'create') return seenAfter([entry])
  const chain = draft.chain(key)
  const own = chain.slice(0, chain.findIndex(each => each.edit.id === edit.id) + 1)
  const fields =
    edit.image ?? Object.assign({}, viewIn(draft, key)?.fields, ...own.map(each => aftersOf(each.edit.changes)))
  const present = Object.entries(fields as Fields).filter(([, value]) => value !== null)
  return { fields: Object.fromEntries(present), deleted: edit.kind === 'delete' }
}

const isConflict = (answer: Answered['answer'] | Outcome): answer is Accepted & { readonly conflict: string } =>
  (answer.status === 'applied' || answer.status === 'lost') && answer.conflict !== undefined

const conflicted = (
  { edit }: Entry,
  answer: Accepted,
  mine: Content | undefined,
  theirs: Content | undefined,
  { now }: Pen,
): Conflicted => ({
  edit: edit.id,
  table: edit.table,
  record: edit.record,
  kind: edit.kind,
  status: answer.status,
  strategy: answer.conflict ?? '',
  rev: answer.rev,
  at: now(),
  changes: edit.changes,
  mine: mine ?? { fields: edit.image ?? {}, deleted: edit.kind === 'delete' },
  theirs: theirs ?? null,
  result: null,
  against: [],
})
