import {
  type Changes,
  type CommandCall,
  type EditKind,
  type Fields,
  foldedFields,
  type LedgerEntry,
  type Outcome,
} from '@rejoin/profile'
import type { Entry, StoredEdit, StoredIndex, StoredRecord } from '../storage.ts'
import type { EditColumns, EntryColumns, RecordColumns, Tables } from './schema.ts'
import { fromJson, fromText, toJson, toText } from './text.ts'

/** Rows as tables hold them, and as the port speaks of them. */
export const toRecord = ({ tbl, ...row }: RecordColumns): StoredRecord => ({
  table: fromText(tbl),
  ...toIndex(row),
  envelope: row.envelope,
})

export const toIndex = ({
  id,
  rev,
  deleted,
  purged,
  fields,
}: Omit<RecordColumns, 'tbl' | 'envelope'>): StoredIndex => ({
  id: fromText(id),
  rev,
  deleted,
  purged,
  json: fromJson(fields),
})

export const fromRecord = (record: StoredRecord): RecordColumns & { readonly folded: string } => ({
  tbl: toText(record.table),
  id: toText(record.id),
  rev: record.rev,
  deleted: record.deleted,
  purged: record.purged,
  fields: toJson(record.json),
  envelope: record.envelope,
  folded: toJson(JSON.stringify(foldedFields(JSON.parse(record.json) as Fields))),
})

export const toEdit = (row: EditColumns): StoredEdit => ({
  edit: fromText(row.id),
  table: fromText(row.tbl),
  id: fromText(row.record),
  device: fromText(row.device),
  seq: row.seq,
  author: fromText(row.author),
  kind: row.kind as EditKind,
  at: row.at,
  received: row.received,
  changes: JSON.parse(row.changes) as Changes,
  ...(row.command === null ? {} : { command: JSON.parse(row.command) as CommandCall }),
  outcome: JSON.parse(row.outcome) as Outcome,
  ...(row.amends === null ? {} : { amends: fromText(row.amends) }),
  ...(row.grp === null ? {} : { group: fromText(row.grp) }),
})

export const fromEdit = (edit: StoredEdit): EditColumns => ({
  id: toText(edit.edit),
  tbl: toText(edit.table),
  record: toText(edit.id),
  device: toText(edit.device),
  seq: edit.seq,
  author: toText(edit.author),
  kind: edit.kind,
  at: edit.at,
  received: edit.received,
  amends: edit.amends === undefined ? null : toText(edit.amends),
  grp: edit.group === undefined ? null : toText(edit.group),
  status: edit.outcome.status,
  outcome: JSON.stringify(edit.outcome),
  changes: JSON.stringify(edit.changes),
  command: edit.command === undefined ? null : JSON.stringify(edit.command),
})

export const toLedger = ({ entry }: { entry: string }): LedgerEntry => JSON.parse(entry) as LedgerEntry

export const fromLedger = (entry: LedgerEntry): Omit<Tables['ledger'], 'env'> => ({
  edit: toText(entry.edit),
  tbl: toText(entry.table),
  record: toText(entry.record),
  rev: entry.rev,
  entry: JSON.stringify(entry),
})

export const toEntry = ({ kind, id, value }: EntryColumns): Entry => ({
  kind: fromText(kind),
  id: fromText(id),
  value: JSON.parse(value) as unknown,
})

export const fromEntry = ({ kind, id, value }: Entry): EntryColumns => ({
  kind: toText(kind),
  id: toText(id),
  value: JSON.stringify(value),
})
