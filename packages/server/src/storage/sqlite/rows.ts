import type { Changes, CommandCall, EditKind, LedgerEntry, Outcome } from '@rejoin/profile'
import type { Entry, StoredEdit, StoredIndex, StoredRecord } from '../storage.ts'

/** Rows as the statements give and take them: arrays in the order of their columns. */
export type RecordRow = [
  table: string,
  id: string,
  rev: number,
  deleted: number,
  purged: number,
  json: string,
  envelope: Uint8Array,
]

export type EditRow = [
  edit: string,
  table: string,
  id: string,
  device: string,
  seq: number,
  author: string,
  kind: string,
  at: number,
  received: number,
  amends: string | null,
  group: string | null,
  status: string,
  outcome: string,
  changes: string,
  command: string | null,
]

export type EntryRow = [kind: string, id: string, json: string]

export type IndexRow = [id: string, rev: number, deleted: number, purged: number, json: string]

export const toIndex = ([id, rev, deleted, purged, json]: IndexRow): StoredIndex => ({
  id,
  rev,
  deleted: deleted === 1,
  purged: purged === 1,
  json,
})

export const toRecord = ([table, id, rev, deleted, purged, json, envelope]: RecordRow): StoredRecord => ({
  table,
  id,
  rev,
  deleted: deleted === 1,
  purged: purged === 1,
  json,
  // not the Buffer itself: its `slice` shares memory where a Uint8Array's copies
  envelope: new Uint8Array(envelope.buffer, envelope.byteOffset, envelope.byteLength),
})

export const fromRecord = (record: StoredRecord): RecordRow => [
  record.table,
  record.id,
  record.rev,
  record.deleted ? 1 : 0,
  record.purged ? 1 : 0,
  record.json,
  record.envelope,
]

export const toEdit = (row: EditRow): StoredEdit => {
  const [edit, table, id, device, seq, author, kind, at, received, amends, group, , outcome, changes, command] = row
  return {
    edit,
    table,
    id,
    device,
    seq,
    author,
    kind: kind as EditKind,
    at,
    received,
    changes: JSON.parse(changes) as Changes,
    ...(command === null ? {} : { command: JSON.parse(command) as CommandCall }),
    outcome: JSON.parse(outcome) as Outcome,
    ...(amends === null ? {} : { amends }),
    ...(group === null ? {} : { group }),
  }
}

export const fromEdit = (edit: StoredEdit): EditRow => [
  edit.edit,
  edit.table,
  edit.id,
  edit.device,
  edit.seq,
  edit.author,
  edit.kind,
  edit.at,
  edit.received,
  edit.amends ?? null,
  edit.group ?? null,
  edit.outcome.status,
  JSON.stringify(edit.outcome),
  JSON.stringify(edit.changes),
  edit.command === undefined ? null : JSON.stringify(edit.command),
]

export const toLedger = ([json]: [json: string]): LedgerEntry => JSON.parse(json) as LedgerEntry

export const toEntry = ([kind, id, json]: EntryRow): Entry => ({ kind, id, value: JSON.parse(json) as unknown })
export const fromEntry = ({ kind, id, value }: Entry): EntryRow => [kind, id, JSON.stringify(value)]
