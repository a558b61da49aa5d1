/** What the machine says, and is asked, about the place where a device keeps things. */
export interface StoragePort {
  /** nothing that is saved outlives this program, and people are told so */
  readonly durability?: 'none'
  /** bytes; undefined where the machine does not say. Never rejects. */
  estimate(): Promise<Room | undefined>
  /**
   * what an app keeps beside the store: documents (y-indexeddb), files; absent, or undefined: nothing that is known. Never
   * rejects.
   */
  files?(): Promise<FilesKept | undefined>
  /** asks that nothing be removed when the machine needs room; @returns whether it grants that. Never rejects. */
  persist(): Promise<boolean>
  /** a short text outside the store, which is to outlive it; undefined where there is none. Never throws. */
  readMark(): string | undefined
  /** undefined removes it; where it cannot be kept there is none. Never throws. */
  writeMark(text: string | undefined): void
}

/**
 * Bytes of the whole site. A browser may round them, or say more than it would give: a full store is known by its
 * StoreFault `full`.
 */
export interface Room {
  /** bytes */
  readonly used: number
  /** bytes, used ones among them */
  readonly quota: number
}

/** Documents and files that an app keeps on the device beside the store. */
export interface FilesKept {
  /** how many, documents and files together */
  readonly count: number
  /** where it can be known */
  readonly bytes?: number
}
