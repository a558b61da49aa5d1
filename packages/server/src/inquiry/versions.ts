import { type Changes, type Content, type Fields, type LedgerEntry, type Value } from '@rejoin/profile'
import type { Row } from '../live/neighbours.ts'
import type { RecordKey, StoredEdit, View } from '../storage/storage.ts'

/** A change of a record, with what the record was before it. */
export interface Version {
  readonly edit: StoredEdit
  readonly rev: number
  /** undefined where there was no record, or a deleted one */
  readonly before: Row | undefined
  /** as it became; fields of a deleted record are what it was */
  readonly after: Content
}

/** of one record */
export const MOST_EDITS = 1_000

/**
 * The changes of a record, newest first, as far as its edits are kept: from what it is now, each edit is taken back. Of
 * one that met a conflict the ledger has what stood before it.
 */
export const versionsOf = async (view: View, key: RecordKey): Promise<readonly Version[]> => {
  const [[stored], edits, ledger] = [
    await view.records([key]),
    await appliedTo(view, key),
    await view.ledger({ table: key.table, record: key.id, limit: MOST_EDITS }),
  ]
  const conflicts = new Map(ledger.map(entry => [entry.edit, entry]))
  const fields = stored === undefined || stored.purged ? {} : (JSON.parse(stored.json) as Fields)
  let after: Content = { fields, deleted: stored?.deleted ?? true }
  return edits.map(({ edit, rev }) => {
    const before = beforeOf(edit, after.fields, conflicts.get(edit.edit))
    const version = { edit, rev, before: before.deleted ? undefined : { id: key.id, fields: before.fields }, after }
    after = before
    return version
  })
}

const beforeOf = (edit: StoredEdit, after: Fields, conflict: LedgerEntry | undefined): LedgerEntry['theirs'] =>
  conflict?.theirs ?? { fields: takenBack(after, edit.changes), deleted: edit.kind === 'create' }

const takenBack = (fields: Fields, changes: Changes): Fields => {
  const before: Record<string, Value> = { ...fields }
  for (const [column, [value]] of Object.entries(changes)) {
    if (value === null) delete before[column]
    else before[column] = value
  }
  return before
}

const appliedTo = async (view: View, key: RecordKey): Promise<readonly { edit: StoredEdit; rev: number }[]> => {
  const edits: { edit: StoredEdit; rev: number }[] = []
  for (let after = ''; ;) {
    const page = await view.editsOf(key, after, 200)
    for (const edit of page) if (edit.outcome.status === 'applied') edits.push({ edit, rev: edit.outcome.rev })
    const last = page.at(-1)
    if (last === undefined || page.length < 200) break
    after = last.edit
  }
  return edits.toSorted((a, b) => b.rev - a.rev).slice(0, MOST_EDITS)
}
