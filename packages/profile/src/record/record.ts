import { sameValue } from '../bytes/value.ts'
import type { Fields } from '../schema/schema.ts'

/** The one root map of every record document. */
export const ROOT = 'fields'
/** Reserved key of the deleted mark; column ids never begin with `$`. */
export const DELETED = '$deleted'

/** A record in plain values. `fields` has no nulls and no deleted mark. */
export interface Content {
  readonly fields: Fields
  readonly deleted: boolean
}

export const sameContent = (a: Content, b: Content): boolean =>
  a.deleted === b.deleted &&
  [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])].every(key =>
    sameValue(a.fields[key], b.fields[key]),
  )

/** One visible change: who made the record what it is at `rev`. */
export interface Visible {
  readonly rev: number
  readonly edit: string
  readonly device: string
}

/** How many visible changes a record remembers, so that a device can judge a conflict as the relay does. */
export const REMEMBERED = 8

/**
 * A record as the relay last stated it. Confirmed bytes replace what a device holds; they are never
 * applied on top.
 */
export interface Confirmed {
  readonly rev: number
  readonly commit: string
  /** revision of the last visible change; a lost edit moves only `rev` */
  readonly changed: number
  /** renewed when the document is started anew; 16 hex digits */
  readonly incarnation: string
  /** the last visible changes, newest last */
  readonly recent: readonly Visible[]
  /** last-changed revision by column id, for columns changed after the record's first revision */
  readonly columns: Readonly<Record<string, number>>
  /** author device -> last merged seq */
  readonly settled: Readonly<Record<string, number>>
  /** the flat document, Yjs V1 */
  readonly bytes: Uint8Array
}

export const guidOf = (table: string, id: string): string => `${table}/${id}`
