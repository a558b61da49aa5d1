import type { RecordKey } from '../storage/storage.ts'

/**
 * Erasure: what must be gone is taken out of records, of the edits and conflicts kept about them, of documents and shares.
 * What was decided, when and by whom stays: an edit keeps its id, device and verdict, and loses its values.
 *
 *     asked ── resolved into records ──> going ── batch by batch, in commits of their own ──> done
 *
 * A relay that dies on the way goes on when it starts. Because a backup from before brings everything back, each erasure
 * is also a line of a list outside the database (list.ts), and what a restored database has not seen is done again.
 */
export interface Target extends RecordKey {
  /** ids of the columns to be emptied; without any the record is purged */
  readonly columns?: readonly string[]
}

/** Names records and columns, never values: it outlives what it erased. */
export interface Erasure {
  /** UUIDv7 */
  readonly id: string
  /** ms since 1970 */
  readonly at: number
  /** user id, or `command` */
  readonly by: string
  readonly reason: string
  readonly targets: readonly Target[]
}

/** The entry `erasure-progress`, beside the entry `erasure`: how far it has come in this database. */
export interface ErasureProgress {
  /** targets that are done; all of them at the end */
  readonly done: number
  readonly report: ErasureReport
}

/** What was touched. */
export interface ErasureReport {
  /** by table: records purged, records of which columns were emptied, records this database never had */
  readonly records: Readonly<
    Record<string, { readonly purged: number; readonly emptied: number; readonly unknown: number }>
  >
  readonly edits: number
  readonly conflicts: number
  readonly documents: number
  readonly shares: number
}

export const nothingYet: ErasureReport = { records: {}, edits: 0, conflicts: 0, documents: 0, shares: 0 }

export const notBegun: ErasureProgress = { done: 0, report: nothingYet }

export const erasureKey = (id: string) => ({ kind: 'erasure', id }) as const
export const progressKey = (id: string) => ({ kind: 'erasure-progress', id }) as const
