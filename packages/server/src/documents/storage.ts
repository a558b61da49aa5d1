/**
 * Where documents live: per document a snapshot and the updates stored since, in order. What `append` has resolved for
 * is durable; only then may it be shown to anybody. Who writes says how many pieces he knows of: where there are others,
 * the document was removed beside him, and nothing is written.
 */
export interface DocumentStorage {
  /** snapshot and updates, to be applied in order; empty where there is no such document */
  load(name: string): Promise<readonly Uint8Array[]>
  /** @returns false where nothing was written */
  append(name: string, update: Uint8Array, pieces: number): Promise<boolean>
  /** puts one snapshot in the place of everything stored of a document. @returns false where nothing was written */
  compact(name: string, snapshot: Uint8Array, pieces: number): Promise<boolean>
  /** for purges: afterwards there is no such document, nor anything of it in the files */
  remove(name: string): Promise<void>
  close(): Promise<void>
}

/** `table/record/column`, by the column's stable id. */
export const documentName = (table: string, record: string, column: string): string => `${table}/${record}/${column}`
