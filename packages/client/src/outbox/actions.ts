import type { Fields, Schema } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import { decode, keyOf } from '../replica/memory.ts'
import { reauthorAll } from '../replica/reauthor.ts'
import { type Pen, takeFreshId } from '../replica/recording.ts'
import { forgetGone } from '../replica/rows.ts'
import { referred } from './holding.ts'
import { type Entry, next } from './outbox-state.ts'

/** What a user does with an entry. An action on a member of a group is one on the whole group (OB13). */

/** OB10: nothing is sent for it any more; what had left the device is withdrawn. */
export const discard = (draft: Draft, id: string, schema: Schema, pen: Pen): void => {
  const members = givenUpWith(draft, entryIn(draft, id))
  if (members.some(({ state }) => state.status === 'accepted')) throw tooLate()
  const behind = new Map<string, number>()
  for (const entry of members) {
    if (entry.state.status === 'withdrawing') continue
    const state = next(entry.state, { type: 'discarded' })
    if (typeof state === 'string') draft.removeEntry(entry.edit.id)
    else draft.putEntry({ ...entry, state })
    // While it is unknown whether the relay has it, what is behind it waits for the answer.
    if (typeof state === 'string' || (state.status === 'withdrawing' && state.closing)) mark(behind, entry)
    else takeFreshId(draft, keyIn(entry))
    if (entry.edit.kind === 'create') orphan(draft, entry, schema)
  }
  reauthorAll(draft, behind, pen)
  for (const key of behind.keys()) forgetGone(draft, key)
}

/** The whole group; and with the create of a record that is nowhere else, all that was to follow on it. */
const givenUpWith = (draft: Draft, entry: Entry): readonly Entry[] => {
  const given = new Set<Entry>([entry])
  for (const each of given) {
    for (const member of groupOf(draft, each)) given.add(member)
    const row = draft.rows.get(keyIn(each))
    if (each.edit.kind !== 'create' || (row !== undefined && decode(row) !== undefined)) continue
    for (const follower of draft.chain(keyIn(each))) if (follower.edit.seq > each.edit.seq) given.add(follower)
  }
  return [...given]
}

/** Entries that look up to a record that now never comes to be: held until their author decides. */
const orphan = (draft: Draft, create: Entry, schema: Schema): void => {
  const row = draft.rows.get(keyIn(create))
  if (row !== undefined && row.gone === undefined && decode(row) !== undefined) return
  for (const entry of draft.entries()) {
    if (entry.state.status !== 'waiting' || keyIn(entry) === keyIn(create)) continue
    if (referred(entry.edit, schema).includes(keyIn(create))) {
      draft.putEntry({ ...entry, state: { status: 'held', by: create.edit.id } })
    }
  }
}

/** OB8, OB9: again, with the same values or corrected ones (by column id). @throws RejoinFault where it is settled */
export const retry = (draft: Draft, id: string, corrections: Fields, pen: Pen): void => {
  const entry = entryIn(draft, id)
  const members = groupOf(draft, entry)
  if (members.some(({ state }) => state.status === 'accepted' || state.status === 'withdrawing')) throw tooLate()
  const records = new Map<string, number>()
  for (const member of members) mark(records, member)
  reauthorAll(draft, records, pen, new Map([[id, corrections]]))
}

/** From which edit on a record's entries are recorded again. */
const mark = (records: Map<string, number>, entry: Entry): void => {
  const key = keyIn(entry)
  records.set(key, Math.min(entry.edit.seq, records.get(key) ?? entry.edit.seq))
}

export const entryIn = (draft: Draft, id: string): Entry => {
  const entry = draft.entry(id)
  if (entry === undefined) throw tooLate()
  return entry
}

const groupOf = (draft: Draft, entry: Entry): readonly Entry[] => {
  const { group } = entry.edit
  return group === undefined ? [entry] : draft.entries().filter(({ edit }) => edit.group === group)
}

const keyIn = ({ edit }: Entry): string => keyOf({ table: edit.table, id: edit.record })

const tooLate = (): RejoinFault =>
  new RejoinFault({
    code: 'settled',
    message: 'this entry has left the outbox',
    fix: 'look at the record as it is now',
  })
