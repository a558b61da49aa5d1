import type { Edit, Fields, Value } from '@rejoin/profile'
import type { Entry } from '../outbox/outbox-state.ts'
import type { Conflicted } from './conflicted.ts'
import type { Draft } from './draft.ts'
import { schemaOf } from './grant.ts'
import type { Pen } from './recording.ts'

/** What is left of edits whose columns are no more, and where what is not left of them is kept. */

/** Column ids that the table no longer has; none where the table itself is gone. */
export const goneIn = (draft: Draft, table: string, columns: readonly string[]): readonly string[] => {
  const { grant } = draft.meta()
  const definition = grant === undefined ? undefined : schemaOf(grant).tables.get(table)
  return definition === undefined ? [] : columns.filter(id => !definition.byId.has(id))
}

/** Whether it is about nothing else: a create that would be no record without them is for its author to give up. */
export const lacksAll = (draft: Draft, { table, changes }: Edit): boolean => {
  const columns = Object.keys(changes)
  return goneIn(draft, table, columns).length === columns.length
}

/** Values to be recorded again, without those of columns that are no more; what its author wrote there is kept for him. */
export const withoutGone = (draft: Draft, { edit }: Entry, fields: Fields, { now }: Pen): Fields => {
  const gone = new Set(goneIn(draft, edit.table, Object.keys(fields)))
  if (gone.size === 0 || (edit.kind === 'create' && lacksAll(draft, edit))) return fields
  const among = (wanted: boolean): Record<string, Value> =>
    Object.fromEntries(Object.entries(fields).filter(([id]) => gone.has(id) === wanted))
  const { id, table, record, kind, base, changes, command } = edit
  // What a command showed here is the command's own affair.
  if (command === undefined) {
    const lost = Object.fromEntries(Object.entries(changes).filter(([column]) => gone.has(column)))
    noteGone(draft, { edit: id, table, record, kind, rev: base.rev, changes: lost }, among(true), now())
  }
  return among(false)
}

/** In the ledger: what an edit wrote to columns that are no more. */
export const noteGone = (
  draft: Draft,
  what: Pick<Conflicted, 'edit' | 'table' | 'record' | 'kind' | 'rev' | 'changes'>,
  fields: Fields,
  at: number,
): void => {
  const mine = { fields, deleted: false }
  draft.ledger.set(what.edit, {
    ...what,
    status: 'lost',
    strategy: SCHEMA,
    at,
    mine,
    theirs: null,
    result: null,
    against: [],
  })
}

/** Under which name the ledger keeps what no column is there for any more. */
export const SCHEMA = 'schema'
