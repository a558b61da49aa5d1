import { nowhere, type Position } from '@rejoin/profile'
import type { RecordKey, StoredEdit, StoredRecord } from '../storage.ts'
import { toEdit, toRecord } from './rows.ts'
import type { Reads } from './statements.ts'

/** The reads that snapshots and commits share. */
export const readHead = (reads: Reads): Position => {
  const row = reads.head.get()
  return row === undefined ? nowhere : { rev: row[0], commit: row[1] }
}

export const readCommitOf = (reads: Reads, rev: number): string | undefined => {
  if (rev === nowhere.rev) return nowhere.commit
  const row = reads.commitOf.get(rev)
  return row !== undefined && row[0] <= rev ? row[1] : undefined
}

export const readRecords = (reads: Reads, keys: readonly RecordKey[]): StoredRecord[] =>
  keys.flatMap(({ table, id }) => {
    const row = reads.record.get(table, id)
    return row === undefined ? [] : [toRecord(row)]
  })

export const readEdits = (reads: Reads, ids: readonly string[]): StoredEdit[] =>
  ids.flatMap(id => {
    const row = reads.edit.get(id)
    return row === undefined ? [] : [toEdit(row)]
  })
