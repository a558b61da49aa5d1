/**
 * Where a device keeps everything: named shelves of key -> value, one atomic commit for any set of
 * changes. All meaning (pages, overlay, outbox) lives above; every adapter passes `store.contract.ts`.
 *
 * Keys are ASCII strings, ordered by code unit. Values are JSON-like data that may contain Uint8Array
 * at any depth (what structured clone and lib0's `any` encoding both carry); undefined is not a value,
 * and text is well-formed Unicode. Values are copied at the call: neither side sees the other change them.
 * A read sees every commit called before it. After `close`, or when the store was taken away, every call
 * rejects with `gone`.
 */
export interface Store {
  /** undefined where there is no such key */
  get(shelf: Shelf, key: string): Promise<StoreValue | undefined>
  /** entries with `from <= key < to` in key order; the whole shelf without bounds */
  scan(
    shelf: Shelf,
    range?: { readonly from?: string; readonly to?: string; readonly limit?: number },
  ): Promise<[key: string, value: StoreValue][]>
  /**
   * All changes or none, in order, durable when it resolves; commits are applied in the order of their
   * calls, one at a time. `strict` (the default) survives the machine's end, `relaxed` only the program's.
   * Rejects with `StoreFault` and changes nothing when the store is full, gone or damaged; a change that
   * is no change (unknown shelf, key outside ASCII, undefined) is a bug and rejects with `TypeError`.
   */
  commit(changes: readonly StoreChange[], durability?: 'strict' | 'relaxed'): Promise<void>
  /** Lets the commits called before it finish; closing twice is no error. */
  close(): Promise<void>
}

/** The parts of a store, each with keys of its own. */
export const shelves = ['page', 'overlay', 'outbox', 'settled', 'ledger', 'authored', 'draft', 'pin', 'meta'] as const
/**
 * `page`, `overlay`: records as downloads brought them, and as they are since; `outbox`, `settled`, `ledger`,
 * `authored`: work of this device and what became of it; `draft`, `pin`; `meta`: who the device is and how far it has
 * come.
 */
export type Shelf = (typeof shelves)[number]

/** Plain data with bytes in it; no undefined, no dates, no objects with a class. */
export type StoreValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly StoreValue[]
  | { readonly [key: string]: StoreValue }

/** One step of a commit. */
export type StoreChange =
  | { readonly put: Shelf; readonly key: string; readonly value: StoreValue }
  /** a put where there is nothing; where there is, the whole commit rejects with `taken` */
  | { readonly add: Shelf; readonly key: string; readonly value: StoreValue }
  | { readonly delete: Shelf; readonly key: string }
  /** every entry with `from <= key < to` */
  | { readonly clear: Shelf; readonly from?: string; readonly to?: string }

/** Grows with every change of shelf names or value shapes; an older program refuses a newer store. */
export const STORE_VERSION = 1

/**
 * `full`: no room, nothing was saved; `newer`: written by a later version of the app; `blocked`: a window of an older
 * version holds it; `gone`: closed, or taken away by the browser or another window; `damaged`: it cannot be read;
 * `busy`: another program has it open; `taken`: what was to be added is there.
 */
export type StoreFaultCode = 'full' | 'newer' | 'blocked' | 'gone' | 'damaged' | 'busy' | 'taken'

/** What a device can meet in its own store, with what to do about it. */
export class StoreFault extends Error {
  /** for programs; stable */
  readonly code: StoreFaultCode
  /** what a person can do about it, as a sentence */
  readonly fix: string
  constructor(code: StoreFaultCode, message: string, fix: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'StoreFault'
    this.code = code
    this.fix = fix
  }
}
