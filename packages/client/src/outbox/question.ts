import {
  type ChangedBy,
  type Content,
  type Fields,
  fieldsToRow,
  type PlainRow,
  type Question,
  sameValue,
  type Table,
} from '@rejoin/profile'
import type { Draft } from '../replica/draft.ts'
import { imageColumns } from '../replica/grant.ts'
import { aftersOf } from '../replica/reauthor.ts'
import { grantIn } from '../replica/recording.ts'
import type { Entry } from './outbox-state.ts'

/**
 * Under `ask`, two versions of a record to choose from. Everything its author did to the record that no relay has
 * accepted is one question, put to the first of these entries; the others wait behind it.
 */
export interface ConflictQuestion {
  /** the record as both knew it before; undefined where this device does not know that any more */
  readonly base: PlainRow | undefined
  /** the record as its author saw it, with all he did */
  readonly mine: PlainRow
  /** he deleted it; then `mine` is what it said before */
  readonly mineDeleted: boolean
  /** the record as the relay has it, as far as its user may read it */
  readonly theirs: PlainRow
  /** somebody deleted it; then `theirs` is what it said before */
  readonly theirsDeleted: boolean
  /** who made theirs what it is, by column name, as far as that is remembered */
  readonly changedBy: Readonly<Record<string, Change>>
  /** who deleted it, where somebody did and that is remembered */
  readonly deletedBy?: Change
}

/** `author` and `at` (ms since 1970, the relay's clock) are missing where the relay knows them no more. */
export type Change = Omit<ChangedBy, 'columns'>

export const questionIn = ({ state }: Entry): Question | undefined =>
  state.status === 'held' ? state.question : undefined

/** The entries one question is about: from the one that is asked on. */
export const askedWith = (draft: Pick<Draft, 'chain'>, key: string, { edit: { seq } }: Entry): readonly Entry[] =>
  draft.chain(key).filter(({ edit, state }) => {
    const isOpen = state.status !== 'accepted' && state.status !== 'withdrawing'
    return isOpen && edit.seq >= seq
  })

/** The record as its author saw it after these edits of his. */
export const seenAfter = (entries: readonly Entry[]): Content => {
  const [first] = entries
  let seen: Content = { fields: first?.before ?? first?.edit.image ?? {}, deleted: false }
  for (const { edit } of entries) {
    const { kind, changes } = edit
    const fields = kind === 'create' ? {} : seen.fields
    seen =
      kind === 'delete' ? { fields, deleted: true } : { fields: { ...fields, ...aftersOf(changes) }, deleted: false }
  }
  const present = Object.entries(seen.fields).filter(([, value]) => value !== null)
  return { ...seen, fields: Object.fromEntries(present) }
}

/** @param readable whether its user may still read what others made of the record */
export const shownQuestion = (
  entries: readonly Entry[],
  { theirs, theirsDeleted, by = [] }: Question,
  table: Table,
  readable: boolean,
): ConflictQuestion => {
  const first = entries[0]!
  const row = (fields: Fields): PlainRow => fieldsToRow(table, first.edit.record, fields)
  const mine = seenAfter(readable ? entries : entries.map(({ edit, state }) => ({ edit, state })))
  const changedBy: Record<string, Change> = {}
  let last: Change | undefined
  for (const { columns, ...change } of by) {
    for (const id of columns) changedBy[table.byId.get(id)?.name ?? id] = change
    last = change
  }
  return {
    base: readable && first.before !== undefined ? row(first.before) : undefined,
    mine: row(mine.fields),
    mineDeleted: mine.deleted,
    theirs: row(readable ? theirs : {}),
    theirsDeleted,
    changedBy: readable ? changedBy : {},
    ...(readable && theirsDeleted && last !== undefined ? { deletedBy: last } : {}),
  }
}

/**
 * What "mine" needs beside the edits themselves: columns the others changed and he did not, as he saw them, as far as
 * he may write them. Where one side was not to be seen (the record had left, or was deleted), his edits alone are his.
 */
export const alsoMine = (draft: Draft, entries: readonly Entry[], table: Table, { theirs }: Question): Fields => {
  if (entries[0]?.before === undefined || Object.keys(theirs).length === 0) return {}
  const { fields, deleted } = seenAfter(entries)
  if (deleted) return {}
  const own = new Set(entries.flatMap(({ edit }) => Object.keys(edit.changes)))
  const differing = imageColumns(grantIn(draft), table).filter(
    id => !own.has(id) && !sameValue(fields[id] ?? null, theirs[id] ?? null),
  )
  return Object.fromEntries(differing.map(id => [id, fields[id] ?? null]))
}
