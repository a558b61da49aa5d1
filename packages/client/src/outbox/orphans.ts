import type { Fields } from '@rejoin/profile'
import type { Draft } from '../replica/draft.ts'
import { schemaOf } from '../replica/grant.ts'
import { decode, keyOf } from '../replica/memory.ts'
import { reauthorAll } from '../replica/reauthor.ts'
import type { Pen } from '../replica/recording.ts'
import { referred } from './holding.ts'
import type { Entry } from './outbox-state.ts'

/** Entries that refer to a record whose create was given up: their author decides, unless the record comes to be. */

/** Its create is void for good. What was made after it to refer to the record waited for it, and would point at nothing. */
export const orphan = (draft: Draft, { edit }: Entry): void => {
  const { grant } = draft.meta()
  const of = keyOf({ table: edit.table, id: edit.record })
  if (edit.kind !== 'create' || grant === undefined || isThere(draft, of)) return
  for (const entry of draft.entries()) {
    if (entry.state.status !== 'waiting' || entry.edit.seq < edit.seq) continue
    if (keyOf({ table: entry.edit.table, id: entry.edit.record }) === of) continue
    if (referred(entry.edit, schemaOf(grant)).includes(of))
      draft.putEntry({ ...entry, state: { status: 'orphaned', of } })
  }
}

/** Records that are there after all, made again or by another device: what waited for them is recorded again, behind. */
export const adopt = (draft: Draft, isHere: (key: string) => boolean, pen: Pen): void => {
  const from = new Map<string, number>()
  const released = new Map<string, Fields>()
  for (const { edit, state } of draft.entries()) {
    if (state.status !== 'orphaned' || !isHere(state.of)) continue
    const record = keyOf({ table: edit.table, id: edit.record })
    from.set(record, Math.min(edit.seq, from.get(record) ?? edit.seq))
    released.set(edit.id, {})
  }
  if (from.size > 0) reauthorAll(draft, from, pen, released)
}

export const isThere = (draft: Draft, key: string): boolean => {
  const row = draft.rows.get(key)
  return row !== undefined && row.gone === undefined && decode(row) !== undefined
}
