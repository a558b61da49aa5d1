import {
  type Command,
  type Commands,
  commandsOf,
  type Confirmed,
  type Content,
  contentIn,
  type CustomStrategy,
  type Edit,
  type Fields,
  type GoneReason,
  type Outcome,
  type Position,
  revOf,
  type Strategies,
  strategiesOf,
  unpackEnvelope,
  type Wanted,
} from '@rejoin/profile'
import type { FormDraft } from '../drafts/form-draft.ts'
import type { Freshness } from '../lifetime/freshness.ts'
import type { Entry } from '../outbox/outbox-state.ts'
import type { Pin, Pinned } from '../pins/pin.ts'
import type { SyncChoice } from '../sync/schedule.ts'
import type { Conflicted } from './conflicted.ts'
import type { Grant } from './grant.ts'

/** What a device holds, in memory: a copy of its store, changed only after the store was (writer.ts). */
export interface Memory extends App {
  /** by table, then id */
  readonly rows: Map<string, Map<string, Row>>
  /** rows of downloads under way, by table; they are not read before their table is complete */
  readonly staged: Map<string, Map<string, Row>>
  /** by edit id, in the order of seq */
  readonly entries: Map<string, Entry>
  /** edit ids of a record's entries in order, by record key */
  readonly chains: Map<string, readonly string[]>
  readonly authored: Map<string, Authored>
  readonly tables: Map<string, TableState>
  readonly ledger: Map<string, Conflicted>
  /** acts of other tabs that are done and whose tab may not know it, by tab */
  readonly carried: Map<string, readonly number[]>
  /** outcomes of settled edits that pending ones name */
  readonly settled: Map<string, Outcome>
  /** what the user added to the download, by name, and the records it brought, by record key */
  readonly pins: Map<string, Pin>
  readonly pinned: Map<string, Pinned>
  /** forms saved but not submitted, by name */
  readonly forms: Map<string, FormDraft>
  /** pending edits of others by record key, as peers told them; never stored, never recorded upon */
  readonly foreign: Map<string, readonly Edit[]>
  meta: Meta
  /** rows that could not be read at opening: missing, until reconciliation brings them again */
  readonly damaged: number
}

/** What the app itself brings: not stored, the same for as long as the device is open. */
export interface App {
  /** named actions */
  readonly commands: Commands
  readonly strategies: Strategies
}

/** @throws FaultError where a name is not sound or there twice */
export const appOf = ({
  commands = [],
  strategies,
}: {
  readonly commands?: readonly Command[]
  readonly strategies?: readonly CustomStrategy[]
}): App => ({ commands: commandsOf(commands), strategies: strategiesOf(strategies) })

export interface Meta {
  /** 16 hex digits, made once per store */
  readonly device: string
  readonly grant?: Grant
  /** counts the device's edits */
  readonly seq: number
  /** edits up to this seq may have left the device: written before they do */
  readonly left: number
  /** highest client id index any record has reached */
  readonly ids: number
  /** everything up to here is held, of every complete table; written while live */
  readonly cursor?: Position
  /** a first sync has completed once */
  readonly ready: boolean
  /** when what is held was last known to be as the relay's */
  readonly fresh?: Freshness
  /** the cache has expired: what the relay stated is unreadable until it is refreshed (CA3) */
  readonly sealed?: boolean
  /** offline mode: the user wants nothing said over the network (OM6) */
  readonly offline?: boolean
  /** names of what keeps the queue from being sent, as they were given (OB14) */
  readonly paused?: readonly string[]
  /** ms since 1970: downloads set ahead (CA6) */
  readonly scheduled?: readonly number[]
  /** how the user wants to be brought up to date; absent: as changes are made */
  readonly sync?: SyncChoice
  /** ids of exports of unsent work that were taken in here, and of the actions in them */
  readonly imported?: readonly string[]
}

/**
 * A record as the relay last stated it. `gone`: it may be held no more; its envelope stays while own edits stand on it,
 * `kept`: as its author last saw it, where it is of the device's own making and left by the profile alone (DS15).
 */
export interface Row {
  readonly rev: number
  /** the download it belongs to; rows of an earlier one end with it */
  readonly generation: number
  /** a view of it */
  readonly envelope: Uint8Array | undefined
  /** of the envelope, in bytes */
  readonly size: number
  readonly gone?: GoneReason
  readonly kept?: Kept
}

export interface Kept {
  readonly fields: Fields
  /** ms since 1970 */
  readonly until: number
}

export interface Decoded {
  readonly confirmed: Confirmed
  readonly content: Content
}

/** How far a record has gone through this device's client ids, and in which life of the record. */
export interface Authored {
  readonly index: number
  readonly tick: number
  readonly incarnation: string
}

/** A table's download. `previous`: the complete set that is read until this one is complete (FS6). */
export type TableState =
  | {
      readonly state: 'complete'
      readonly at: Position
      readonly columnSet: string
      readonly generation: number
      /**
       * nothing is pushed of it: `at` is its own, as of the last pass, at this time in ms since 1970; `due`: it has to be
       * compared before anything else, as its reader's rights have changed
       */
      readonly passed?: number | 'due'
    }
  | {
      readonly state: 'partial'
      readonly start: Position
      readonly after: string
      readonly columnSet: string
      readonly generation: number
      readonly pages: number
      readonly rows: number
      readonly previous?: { readonly generation: number; readonly columnSet: string }
    }

export interface RecordKey {
  readonly table: string
  readonly id: string
}

/** Neither table names nor record ids contain a slash. */
export const keyOf = ({ table, id }: RecordKey): string => `${table}/${id}`

export const keyFrom = (key: string): RecordKey => {
  const slash = key.indexOf('/')
  return { table: key.slice(0, slash), id: key.slice(slash + 1) }
}

export const rowFrom = (
  rev: number,
  generation: number,
  envelope: Uint8Array | undefined,
  gone?: GoneReason,
  kept?: Kept,
): Row => new HeldRow(rev, generation, envelope, 0, envelope?.length ?? 0, gone, kept)

/** A row that lies in a page from `from` to `to`. */
export const rowIn = (page: Uint8Array, from: number, to: number, generation: number): Row =>
  new HeldRow(revOf(page, from, to), generation, page, from, to)

/** As the relay stated it; read when it is first looked at. */
export const decode = (row: Row): Decoded | undefined =>
  row instanceof HeldRow && row.bytes !== undefined ? row : undefined

/** Of a record's content what these columns say, at least: all of it where it has been read before. */
export const partOf = (row: Row, columns: Wanted): Content | undefined =>
  row instanceof HeldRow && row.bytes !== undefined ? row.part(columns) : undefined

/**
 * There may be very many. A row keeps its page and where in it it lies, as a view of its own would weigh more than the
 * rest; and it is itself what is read of it: lists read the content alone, who judges or records needs more.
 */
class HeldRow implements Row, Decoded {
  readonly rev: number
  readonly generation: number
  readonly bytes: Uint8Array | undefined
  private readonly from: number
  private readonly to: number
  declare readonly gone?: GoneReason
  declare readonly kept?: Kept
  private whole: Confirmed | undefined
  private said: Content | undefined

  constructor(
    rev: number,
    generation: number,
    bytes: Uint8Array | undefined,
    from: number,
    to: number,
    gone?: GoneReason,
    kept?: Kept,
  ) {
    this.rev = rev
    this.generation = generation
    this.bytes = bytes
    this.from = from
    this.to = to
    this.whole = undefined
    this.said = undefined
    if (gone === undefined) return
    this.gone = gone
    if (kept !== undefined) this.kept = kept
  }
  get size(): number {
    return this.to - this.from
  }
  get envelope(): Uint8Array | undefined {
    return this.bytes?.subarray(this.from, this.to)
  }
  get confirmed(): Confirmed {
    return (this.whole ??= unpackEnvelope(this.envelope!))
  }
  get content(): Content {
    return (this.said ??= contentIn(this.bytes!, this.from, this.to))
  }
  part(columns: Wanted): Content {
    return this.said ?? contentIn(this.bytes!, this.from, this.to, columns)
  }
}

/** A commit was told: positions only move on. */
export const later = (a: Position, b: Position | undefined): Position => (b !== undefined && b.rev > a.rev ? b : a)

export const generationIn = (state: TableState | undefined): number => state?.generation ?? 0

/** The generation that is read. */
export const readableIn = (state: TableState | undefined): number | undefined =>
  state?.state === 'complete' ? state.generation : state?.previous?.generation
