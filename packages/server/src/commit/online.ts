import { DELETED, type Edit, guidOf, nowhere, recordWrites, type Value } from '@rejoin/profile'
import { refuseErased, refuseRight, rejected } from './admission.ts'
import { type Circumstances, remember } from './answering.ts'
import { merge } from './merging.ts'
import type { Judged, OnlineSubmission } from './submission.ts'
import type { Workspace } from './workspace.ts'

/** A write through the online API: recorded here, on the record as it is now, and merged like any other edit. */
export const decideOnline = (work: Workspace, write: OnlineSubmission, circumstances: Circumstances): Judged => {
  const { kind, table, id: editId, person, values } = write
  const at = { edit: editId, table, record: write.record }
  const known = work.edit(editId)
  if (known !== undefined) return { ...at, answer: known.outcome }
  const record = work.record({ table, id: write.record })
  const standing = record?.state === 'held' ? record : undefined
  const before = standing?.content.fields ?? {}
  const changes = Object.fromEntries(
    Object.entries(values).map(([column, after]) => [column, [before[column] ?? null, after] as [Value, Value]]),
  )
  const definition = circumstances.environment.schema.tables.get(table)!
  const rights = circumstances.rights(person)
  const refusal = refuseErased(record, definition, rights, kind, () =>
    refuseRight(definition, rights, kind, write.record, changes, record),
  )
  if (refusal !== undefined) return { ...at, ...refusal }
  // After the rights: who may not read the record must not learn its revision.
  if (write.ifRev !== undefined && write.ifRev !== (standing?.confirmed.rev ?? 0)) {
    return { ...at, ...rejected('conflict', 'the record has changed since that revision') }
  }
  const recorded = recordWrites(
    guidOf(table, write.record),
    standing === undefined ? [] : [standing.confirmed.bytes],
    circumstances.authority,
    kind === 'delete' ? { [DELETED]: true } : values,
  )
  const edit: Edit = {
    id: editId,
    author: person.id,
    device: ONLINE,
    seq: 0,
    tick: 0,
    at: circumstances.now,
    table,
    record: write.record,
    kind,
    base: standing === undefined ? nowhere : { rev: standing.confirmed.rev, commit: standing.confirmed.commit },
    incarnation: standing?.confirmed.incarnation ?? '',
    changes: kind === 'delete' ? {} : changes,
    update: recorded.update,
  }
  const outcome = merge(work, edit, { person, base: edit.base.rev }, circumstances)
  if (outcome.status === 'applied') remember(work, edit, outcome, circumstances)
  return { ...at, answer: outcome }
}

/** The device of writes through the online API. */
export const ONLINE = '00000000000000ff'
