import type { GoneReason, PlainRow, Value } from '@rejoin/profile'
import type { FactsNow, Removal } from '../device/facts.ts'
import type { EntryState } from '../outbox/outbox-state.ts'
import type { Grant } from '../replica/grant.ts'
import type { Meta } from '../replica/memory.ts'
import type { Shelf } from '../store/store.ts'

/**
 * A device as its programmer sees it: plain data, of one moment. Values of records, and what others said of why they
 * refused, are not in it unless they were asked for; in their place stands `•••`, and null where there is none.
 */
export interface Inspection {
  /** ms since 1970 by this device's clock */
  readonly at: number
  /** 16 hex digits */
  readonly device: string
  /** what the relay said of user, app and profile, without what is large; absent before the first session */
  readonly grant?: Omit<Grant, 'schema' | 'profile' | 'tables' | 'writable' | 'prefixes' | 'rights' | 'footing'>
  /** counters and marks of the device */
  readonly meta: Pick<Meta, 'seq' | 'left' | 'cursor' | 'ready' | 'fresh' | 'scheduled'> &
    Required<Pick<Meta, 'sealed' | 'offline'>>
  /** of a device that is open; absent where only its store was read */
  readonly session?: SessionInspection
  /** of the scope, in its order */
  readonly tables: readonly TableInspection[]
  /** in the order they are sent */
  readonly outbox: readonly EntryInspection[]
  /** what each shelf weighs */
  readonly store: readonly ShelfInspection[]
}

/** The conversation with the relay, and what it has come to. */
export type SessionInspection = Omit<FactsNow['observed'], 'removed'> & {
  readonly removed: Pick<Removal, 'at'> | undefined
  readonly stats: FactsNow['stats']
}

/** One table: how it came, what is here, and why. */
export interface TableInspection {
  /** its name */
  readonly table: string
  /** `partial`: a download goes on where it stopped */
  readonly download: 'complete' | 'partial' | 'none'
  /** which columns the profile lets through, as the relay names the set; absent where all */
  readonly columnSet?: string
  /** rows the relay says this device holds: what the fingerprint counts */
  readonly rows: number
  /** comparable with the relay's */
  readonly fingerprint: string
  /** why records are here: how many for each reason; one may have several */
  readonly because: Readonly<Record<Presence['is'], number>>
  /** rows that may be held no more, kept for a while */
  readonly gone: Readonly<Partial<Record<GoneReason, number>>>
  /** as downloads stored them, of all generations */
  readonly pages: { readonly count: number; readonly rows: number; readonly bytes: number }
  /** newer than their pages */
  readonly overlay: { readonly rows: number; readonly bytes: number }
}

/** One entry of the outbox, by its edit. */
export interface EntryInspection {
  /** edit id, a UUIDv7 */
  readonly id: string
  /** of the edit on its device, from 1 */
  readonly seq: number
  /** table name */
  readonly table: string
  /** record id */
  readonly record: string
  /** create, update, delete, command */
  readonly kind: string
  /** name of the command */
  readonly command?: string
  /** user id */
  readonly author: string
  /** ms since 1970 */
  readonly at: number
  /** of the edit on its record: above every one its author had seen */
  readonly tick: number
  /** revision it stands on */
  readonly base: number
  /** id of the edit it was made on top of */
  readonly after?: string
  /** same in all that take effect together */
  readonly group?: string
  /** id of the edit it replaces */
  readonly amends?: string
  /** bytes of its Yjs update */
  readonly bytes: number
  /** as in `OutboxEntry` */
  readonly state: EntryState['status']
  /** code of its refusal, or the entry it waits for */
  readonly detail?: string
  /** `[before, after]` by column name */
  readonly changes: Readonly<Record<string, readonly [Value, Value]>>
}

/** One shelf of the store, weighed. */
export interface ShelfInspection {
  /** its name */
  readonly shelf: Shelf
  /** keys in it */
  readonly entries: number
  /** roughly, keys among them */
  readonly bytes: number
}

/** Why a record is on this device. */
export type Presence =
  /** its user's scope: what the profile says of the table, where the relay has sent a profile */
  | { readonly is: 'in scope'; readonly filter?: string; readonly relationships?: readonly string[] }
  /** created or changed here, and not settled */
  | { readonly is: 'own work'; readonly entries: readonly string[] }
  /** added to the download by its user */
  | { readonly is: 'pinned'; readonly by: readonly string[] }
  /** a peer told of it */
  | { readonly is: 'told by a peer'; readonly entries: readonly string[] }

/** Why a record is not to be seen on this device. */
export type Absence =
  | { readonly is: 'gone'; readonly why: GoneReason }
  /** the cache has expired: it is here, and may not be read */
  | { readonly is: 'expired' }
  | { readonly is: 'never here' }

/** One record: why it is here or is not, and what it is made of. */
export interface RecordInspection {
  /** table name */
  readonly table: string
  /** its primary key */
  readonly id: string
  /** every reason; at least one */
  readonly because: readonly (Presence | Absence)[]
  /** as the relay last stated it */
  readonly confirmed?: {
    readonly rev: number
    readonly changed: number
    readonly incarnation: string
    /** as stored */
    readonly bytes: number
  }
  /** entries of the outbox on it, in order */
  readonly pending: readonly EntryInspection[]
  /** as its user sees it */
  readonly row?: PlainRow
}

/** How much is shown. */
export interface InspectOptions {
  /** shows values of records too */
  readonly values?: boolean
}
