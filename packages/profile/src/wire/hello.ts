import type { Position } from '../edit/edit.ts'
import type { StrategyName } from '../merge/strategy.ts'
import { positionShape } from './edit.ts'
import { dictionary, hex, json, list, optional, type Shape, struct, text, uint, union, word } from './shape.ts'

/**
 * The greeting. A device says who it is and, table by table, what it holds; the relay answers with its grant and
 * goes on by itself: pages for tables the device has none or part of, deltas for the others, then `synced`.
 */
export interface Hello {
  readonly token: string
  /** 16 hex digits, made once per device store */
  readonly device: string
  readonly app: string
  /** version of the schema and publication of the profile (profile/publication.ts) that the device has; 0 = none */
  readonly schema: number
  readonly profile: number
  /** highest client id index any record of this device has reached */
  readonly ids: number
  readonly holdings: readonly Holding[]
}

/** What a device holds of one table: all as of a position, or the part of a download up to a row. */
export type Holding =
  | { readonly state: 'complete'; readonly table: string; readonly at: Position; readonly columnSet: string }
  | {
      readonly state: 'partial'
      readonly table: string
      readonly start: Position
      readonly after: string
      readonly columnSet: string
    }

/** as documented */
export const CACHE_HOURS = 48

export interface Welcome {
  /** ms since 1970 by the relay's clock */
  readonly time: number
  readonly user: { readonly id: string; readonly name: string }
  /** client id prefixes granted to this device, oldest first */
  readonly prefixes: readonly number[]
  readonly at: Position
  /** conflict setting of the environment, and of the tables that differ (CF12) */
  readonly strategy: StrategyName
  readonly strategies: Readonly<Record<string, StrategyName>>
  /** hours after its last refresh at which what a device holds may not be read any more (CA1); absent: `CACHE_HOURS` */
  readonly cacheHours?: number
  readonly tables: readonly TableHolding[]
  /** column ids this user may write, by table; a table that is missing may be written whole */
  readonly writable: Readonly<Record<string, readonly string[]>>
  readonly schemaVersion: number
  /** sent where the device's version differs */
  readonly schema?: unknown
  readonly profileVersion: number
  readonly profile?: unknown
}

/** What the relay lets this device hold of a table; `columns` (ids) absent = all. */
export interface TableHolding {
  readonly table: string
  readonly columnSet: string
  readonly columns?: readonly string[]
}

const holdingShape: Shape<Holding> = union('state', {
  complete: struct({ table: text, at: positionShape, columnSet: text }),
  partial: struct({ table: text, start: positionShape, after: text, columnSet: text }),
})

export const helloShape: Shape<Hello> = struct({
  token: text,
  device: hex,
  app: text,
  schema: uint,
  profile: uint,
  ids: uint,
  holdings: list(holdingShape, 1_000),
})

const strategy: Shape<StrategyName> = word(['clientWins', 'serverWins', 'merge', 'ask'])

export const welcomeShape: Shape<Welcome> = struct({
  time: uint,
  user: struct({ id: text, name: text }),
  prefixes: list(uint, 1_000),
  at: positionShape,
  strategy,
  strategies: dictionary(strategy),
  cacheHours: optional(uint),
  tables: list(struct({ table: text, columnSet: text, columns: optional(list(text, 1_000)) }), 1_000),
  writable: dictionary(list(text, 1_000)),
  schemaVersion: uint,
  schema: optional(json),
  profileVersion: uint,
  profile: optional(json),
})
