import type { BenchRow } from '../record.ts'

/**
 * What is measured: something that keeps the records of the bench in one place (a database, a file) and answers from
 * there. Ours and Dexie are measured by the same code (program.ts).
 */
export interface Library {
  /** From nothing until every record is stored and can be read; leaves it open. */
  fill(): Promise<Filled>
  /** Opens what is stored. */
  open(): Promise<void>
  /** One list, asked for once. @returns how many rows it has */
  list(asked: Asked): Promise<number>
  /** One column of row `n`; durable when it resolves. */
  save(n: number, value: string): Promise<void>
  /** A list that stays true: `told` hears of each one after the first, which is there when it resolves. @returns ends it */
  watch(asked: Asked, told: (rows: readonly Row[]) => void): Promise<() => void>
  close(): Promise<void>
}

/** ms */
export interface Filled {
  readonly whole: number
  /** the share of the store: all of it where nothing else takes part */
  readonly stored: number
}

export type Row = Readonly<Record<string, unknown>>

/**
 * The rows of one customer (one in 1,000, by an indexed column), those above a price (one in 400 above 179.5, by a
 * column without an index), or every row.
 */
export type Asked = { readonly customer: string } | { readonly above: number } | 'all'

export const ID = 'visitid'

export const asRow = ({ id, values }: BenchRow): Row => ({ [ID]: id, ...values })

/** Where a library keeps its records, and where ours gets them from. */
export interface Opening {
  readonly library: LibraryName
  /** the name of a database, or the path of a file */
  readonly place: string
  readonly records: number
  readonly url: string
  readonly token: string
}

/**
 * `rejoin-memory`: what is stored in the place, copied into memory. Plain `dexie` has its default, relaxed durability;
 * `dexie-outbox` saves as an app must that sends its changes later: the row and an entry in one transaction.
 */
export type LibraryName = 'rejoin' | 'rejoin-memory' | 'dexie' | 'dexie-strict' | 'dexie-outbox'
