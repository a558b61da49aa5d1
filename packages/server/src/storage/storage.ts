import type { Changes, CommandCall, Dialect, EditKind, Fragment, LedgerEntry, Outcome, Position } from '@rejoin/profile'

/**
 * Where an environment lives. Two ways in: a snapshot to read, and a commit that locks the revision
 * counter, finds what was asked for, lets a pure function decide, and writes all of it or nothing.
 * Commits run one after another, in the order they were asked for. A failure of disk or database rejects with
 * a `StorageFault` (fault.ts). Every adapter passes `storage.contract.ts`.
 */
export interface Storage {
  /**
   * Everything read inside sees one state of the database, whatever is committed meanwhile. Snapshots may nest, and code
   * inside may await a commit; a view is of no use after `read` has settled. Keep them short: old state costs room.
   */
  snapshot<T>(read: (view: View) => Promise<T>): Promise<T>
  /**
   * `decide` is called inside the transaction, and again where the database undid that; a throw rolls everything back
   * and rejects. It is pure: it awaits nothing. Its answer is checked (decision.ts); what breaks the history is a bug and writes nothing.
   */
  commit<T>(wanted: Wanted, decide: (found: Found) => Decision<T>): Promise<T>
  /**
   * Carries out `create index if not exists`, in the engine's words, and takes anew the statistics its planner goes by.
   * Writes wait meanwhile.
   */
  createIndexes(statements: (dialect: Dialect) => readonly string[]): Promise<void>
  /** Commits asked for before are carried out; snapshots still open are cut off: their next read rejects. */
  close(): Promise<void>
}

export interface RecordKey {
  readonly table: string
  readonly id: string
}

export interface StoredRecord extends RecordKey {
  readonly rev: number
  readonly deleted: boolean
  /** the tombstone of a purged record: no envelope, never removed */
  readonly purged: boolean
  /** plain projection of the fields by column id, as JSON text (engines may space it anew); parsed by who needs it */
  readonly json: string
  /** `Confirmed`, packed (record/envelope.ts): stored, sent and kept on devices as these bytes */
  readonly envelope: Uint8Array
}

/** A row without its bytes. */
export type StoredIndex = Omit<StoredRecord, 'envelope' | 'table'>

/**
 * An edit the relay has answered. `outcome` is what a device hears again if it asks again; only a held edit may be
 * written again, with its new outcome and `received`.
 */
export interface StoredEdit extends RecordKey {
  readonly edit: string
  readonly device: string
  readonly seq: number
  readonly author: string
  readonly kind: EditKind
  /** device time and relay time, ms since 1970 */
  readonly at: number
  readonly received: number
  readonly changes: Changes
  readonly command?: CommandCall
  readonly outcome: Outcome
  readonly amends?: string
  readonly group?: string
}

export type SelectedValue = string | number | null

/** A named JSON value of the environment: schema, settings, profiles, users, teams, devices, grants. */
export interface Entry {
  readonly kind: string
  readonly id: string
  readonly value: unknown
}

export interface View {
  readonly head: Position
  /** the commit id whose revisions include `rev`, '' for 0; undefined for a revision this history does not have */
  commitOf(rev: number): Promise<string | undefined>
  /** in the order asked for, without those that do not exist; `edits` alike */
  records(keys: readonly RecordKey[]): Promise<StoredRecord[]>
  /** rows of a table in id order (by code point) after `after`, '' for the first; tombstones and deleted rows included */
  page(table: string, after: string, limit: number): Promise<StoredRecord[]>
  /** `page` without envelopes, for fingerprints and counts over many rows */
  index(table: string, after: string, limit: number): Promise<StoredIndex[]>
  /** rows of a table with a revision above `rev`, in revision order, deleted ones included */
  since(table: string, rev: number, limit: number): Promise<StoredRecord[]>
  /** live rows per table; tables without any are absent */
  counts(): Promise<ReadonlyMap<string, number>>
  /**
   * Runs one statement over `record` in the engine's words (profile, filter/sql).
   *
   * @returns rows as lists of what it selects: text, numbers and nulls
   */
  select<R extends readonly SelectedValue[]>(statement: (dialect: Dialect) => Fragment): Promise<R[]>
  edits(ids: readonly string[]): Promise<StoredEdit[]>
  /** answered edits about one record, in order of their ids after `after` */
  editsOf(key: RecordKey, after: string, limit: number): Promise<StoredEdit[]>
  /** edits that were refused or are held, newest first (OB16) */
  refused(limit: number): Promise<StoredEdit[]>
  /** newest revision first */
  ledger(filter: { readonly table?: string; readonly record?: string; readonly limit: number }): Promise<LedgerEntry[]>
  entry(kind: string, id: string): Promise<Entry | undefined>
  /** in id order */
  entries(kind: string): Promise<Entry[]>
}

export interface Wanted {
  readonly records?: readonly RecordKey[]
  readonly edits?: readonly string[]
  /** revisions whose commit ids are needed to judge bases */
  readonly revs?: readonly number[]
  readonly entries?: readonly { readonly kind: string; readonly id: string }[]
}

export interface Found {
  readonly head: Position
  /** by `keyOf` */
  readonly records: ReadonlyMap<string, StoredRecord>
  readonly edits: ReadonlyMap<string, StoredEdit>
  readonly commits: ReadonlyMap<number, string>
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Decision<T> {
  readonly result: T
  /** the new head where revisions were given out: all of (old head, rev] belong to this commit id */
  readonly head?: Position
  /** each revision lies in (old head, head] and belongs to one record */
  readonly records?: readonly StoredRecord[]
  readonly edits?: readonly StoredEdit[]
  /** edits that are there, with values taken out: their `changes`, `outcome` and `command` as given, what was decided stays decided */
  readonly erased?: readonly StoredEdit[]
  /** replaces an entry of the same edit */
  readonly ledger?: readonly LedgerEntry[]
  /** written after `removedEntries` are removed */
  readonly entries?: readonly Entry[]
  readonly removedEntries?: readonly { readonly kind: string; readonly id: string }[]
}

export const keyOf = (key: RecordKey): string => `${key.table}/${key.id}`
export const entryKey = (entry: { readonly kind: string; readonly id: string }): string => `${entry.kind}/${entry.id}`
