/**
 * Where documents live: per document a snapshot and the updates stored since, in order. What `append` has resolved for
 * is durable; only then may it be shown to anybody.
 */
export interface DocumentStorage {
  /** snapshot and updates, to be applied in order; empty where there is no such document */
  load(name: string): Promise<readonly Uint8Array[]>
  append(name: string, update: Uint8Array): Promise<void>
  /** puts one snapshot in the place of everything stored of a document */
  compact(name: string, snapshot: Uint8Array): Promise<void>
  /** for purges: afterwards there is no such document, nor anything of it in the files */
  remove(name: string): Promise<void>
  close(): Promise<void>
}

/** `table/record/column`, by the column's stable id. */
export const documentName = (table: string, record: string, column: string): string => `${table}/${record}/${column}`
