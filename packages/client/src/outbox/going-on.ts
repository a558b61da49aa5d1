import type { Draft } from '../replica/draft.ts'
import { goneIn, lacksAll } from '../replica/gone-columns.ts'
import { keyOf } from '../replica/memory.ts'
import { reauthorAll } from '../replica/reauthor.ts'
import type { Pen } from '../replica/recording.ts'
import type { Entry } from './outbox-state.ts'

/**
 * Unsent edits that outlive a column of theirs. The relay refuses them for it; what else they change goes on at once, as
 * nobody can do anything about the rest. What was written there is in the ledger, under the strategy `schema`.
 */
export const goOnWithoutGone = (draft: Draft, pen: Pen): void => {
  const from = new Map<string, number>()
  for (const entry of draft.entries()) {
    if (!isRefusedForGone(draft, entry)) continue
    const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
    from.set(key, Math.min(entry.edit.seq, from.get(key) ?? entry.edit.seq))
  }
  if (from.size > 0) reauthorAll(draft, from, pen)
}

const isRefusedForGone = (draft: Draft, { edit, state }: Entry): boolean =>
  state.status === 'rejected' &&
  state.column !== undefined &&
  edit.changes[state.column] !== undefined &&
  goneIn(draft, edit.table, [state.column]).length > 0 &&
  !(edit.kind === 'create' && lacksAll(draft, edit))
