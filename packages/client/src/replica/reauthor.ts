import type { CommandCall, Edit, Fields, Value } from '@rejoin/profile'
import { referred } from '../outbox/holding.ts'
import type { Entry } from '../outbox/outbox-state.ts'
import type { Draft } from './draft.ts'
import { withoutGone } from './gone-columns.ts'
import { schemaOf } from './grant.ts'
import { decode, keyOf } from './memory.ts'
import { offlineStep, type Pen, recordEdit, takeFreshId, viewIn } from './recording.ts'

/**
 * Records a record's pending edits again, from one on, on what stands before it: new ids, a fresh client id, each
 * amending the one it replaces. One code path for resync, retry, resolve and discard in mid-chain. Accepted edits
 * stay, and so does what was made before: the relay may have taken it. Withdrawn ones are not built on. The order in
 * which they were made stays, across records too: groups go up next to one another, and what waits for a create, behind it.
 *
 * @param from by record key, the seq of the first edit to record again; groups are recorded again as a whole
 * @param answers by edit id, what its author says to it: nothing else lets an orphaned one go
 */
export const reauthorAll = (
  draft: Draft,
  from: ReadonlyMap<string, number>,
  pen: Pen,
  answers: ReadonlyMap<string, Fields> = none,
): void => {
  const starts = new Map(from)
  const { grant } = draft.meta()
  const schema = grant === undefined ? undefined : schemaOf(grant)
  for (let moved = starts.size > 0; moved;) {
    moved = false
    const groups = new Set<string>()
    /** by record, the seq of its create */
    const made = new Map<string, number>()
    for (const [key, first] of starts) {
      for (const { edit } of openFrom(draft, key, first)) {
        if (edit.group !== undefined) groups.add(edit.group)
        if (edit.kind === 'create') made.set(key, edit.seq)
      }
    }
    for (const { edit, state } of draft.entries()) {
      const key = keyOf({ table: edit.table, id: edit.record })
      if (edit.seq >= (starts.get(key) ?? Infinity) || !isOpen(state)) continue
      const isMember = edit.group !== undefined && groups.has(edit.group)
      const refers =
        made.size > 0 &&
        state.status === 'waiting' &&
        referred(edit, schema).some(target => (made.get(target) ?? Infinity) < edit.seq)
      if (!isMember && !refers) continue
      starts.set(key, edit.seq)
      moved = true
    }
  }
  const again = [...starts].flatMap(([key, first]) => takeOut(draft, key, first))
  for (const entry of again.toSorted((a, b) => a.edit.seq - b.edit.seq)) {
    recordAgain(draft, entry, pen, answers.get(entry.edit.id))
  }
}

const isOpen = ({ status }: Entry['state']): boolean => status !== 'accepted' && status !== 'withdrawing'

const openFrom = (draft: Draft, key: string, first: number): readonly Entry[] =>
  draft.chain(key).filter(({ edit, state }) => edit.seq >= first && isOpen(state))

/** @returns the entries of a record that are to be recorded again; they and their structs are gone */
const takeOut = (draft: Draft, key: string, from: number): readonly Entry[] => {
  const again = openFrom(draft, key, from)
  for (const { edit } of again) draft.removeEntry(edit.id)
  const begins = again[0]?.edit.kind === 'create'
  // A create takes a fresh client id by itself.
  if (!begins) takeFreshId(draft, key)
  const row = draft.rows.get(key)
  const exists =
    (row !== undefined && decode(row) !== undefined) ||
    draft.chain(key).some(({ state }) => state.status !== 'withdrawing')
  // Without the record and without its create there is nothing left that the later edits could be about.
  if (exists || begins) return again
  for (const entry of again) close(draft, entry)
  return []
}

/** The relay may have it in its list of what a person has to decide. */
const close = (draft: Draft, entry: Entry): void => {
  if (entry.state.status === 'waiting' && !entry.state.left) return
  draft.putEntry({ ...entry, state: { status: 'withdrawing', closing: true, told: false } })
}

const none: ReadonlyMap<string, Fields> = new Map()

const recordAgain = (draft: Draft, entry: Entry, pen: Pen, correction: Fields | undefined): void => {
  const { edit, state, separate } = entry
  const { kind, table, record, at, group } = edit
  const again = edit.command === undefined ? undefined : runAgain(draft, edit, edit.command, correction)
  const wanted = kind === 'delete' ? {} : (again?.fields ?? { ...aftersOf(edit.changes), ...correction })
  const fields = withoutGone(draft, entry, wanted, pen)
  // Nothing is left of it that could be recorded.
  if (kind === 'update' && Object.keys(fields).length === 0) return close(draft, entry)
  const intent = {
    kind,
    table,
    id: record,
    at,
    amends: replacedBy(edit, state),
    ...again,
    fields,
    ...(separate === undefined ? {} : { separate }),
  }
  const { id } = recordEdit(draft, group === undefined ? intent : { ...intent, group }, pen)
  if (state.status === 'orphaned' && correction === undefined) draft.putEntry({ ...draft.entry(id)!, state })
}

/** Nobody has heard of an edit that never left, but may have of the one it replaces. */
const replacedBy = ({ id, amends }: Edit, state: Entry['state']): string =>
  (state.status === 'waiting' && !state.left) || state.status === 'orphaned' ? (amends ?? id) : id

/** On what stands there now: what it showed before may be about a record that is no more. */
const runAgain = (
  draft: Draft,
  edit: Edit,
  { name, args }: CommandCall,
  correction: Fields | undefined,
): { readonly command: CommandCall; readonly fields: Fields } => {
  const command = { name, args: { ...args, ...correction } }
  const seen = viewIn(draft, keyOf({ table: edit.table, id: edit.record }))
  const made = seen === undefined ? undefined : offlineStep(draft, command, edit)?.(seen)
  return { command, fields: made !== undefined && 'set' in made ? made.set : aftersOf(edit.changes) }
}

export const aftersOf = (changes: Entry['edit']['changes']): Fields => {
  const fields: Record<string, Value> = {}
  for (const [column, [, after]] of Object.entries(changes)) fields[column] = after
  return fields
}
