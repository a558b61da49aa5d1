import type { Position } from '../edit/edit.ts'
import type { StrategyName } from '../merge/strategy.ts'
import type { Footing } from '../profile/person.ts'
import { positionShape } from './edit.ts'
import {
  dictionary,
  flag,
  hex,
  json,
  list,
  optional,
  type Shape,
  struct,
  text,
  uint,
  union,
  value,
  word,
} from './shape.ts'

/**
 * The greeting. A device says who it is and, table by table, what it holds; the relay answers with its grant and
 * goes on by itself: pages for tables the device has none or part of, deltas for the others, then `synced`.
 */
export interface Hello {
  readonly token: string
  /** 16 hex digits, made once per device store */
  readonly device: string
  readonly app: string
  /** which release of the app's code speaks, where it says: a number that grows */
  readonly release?: number
  /** version of the schema and publication of the profile (profile/publication.ts) that the device has; 0 = none */
  readonly schema: number
  readonly profile: number
  /** highest client id index any record of this device has reached */
  readonly ids: number
  /** changes are to come as they are made; false: nothing comes by itself, passes bring it (`refresh`) */
  readonly live: boolean
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

/** Brings the named tables, and no others, to the present: what is held of them, and all of those of which nothing is. */
export interface Refresh {
  readonly tables: readonly string[]
  readonly holdings: readonly Holding[]
}

/** as documented */
export const CACHE_HOURS = 48
/** hours for which a device still reads rows of its own making after they have left its profile (DS15) */
export const GRACE_HOURS = 24

/** How a device is brought up to date: as changes are made, at longer intervals, when the user says so (DS12). */
export type SyncMode = 'auto' | 'interval' | 'manual'
export const syncModes: readonly SyncMode[] = ['auto', 'interval', 'manual']

export interface Welcome {
  /** ms since 1970 by the relay's clock */
  readonly time: number
  /** 16 hex digits, made once in the relay's database: what a device holds is of one environment (OM11) */
  readonly environment: string
  readonly user: { readonly id: string; readonly name: string }
  /** client id prefixes granted to this device, oldest first */
  readonly prefixes: readonly number[]
  readonly at: Position
  /** conflict setting of the environment, and of the tables that differ (CF12); a device need not know the name */
  readonly strategy: StrategyName
  readonly strategies: Readonly<Record<string, StrategyName>>
  /** hours after its last refresh at which what a device holds may not be read any more (CA1); absent: `CACHE_HOURS` */
  readonly cacheHours?: number
  /** hours rows of the device's own making stay readable after they left (DS15); absent: `GRACE_HOURS` */
  readonly graceHours?: number
  /** what the user may choose from; absent: all */
  readonly syncModes?: readonly SyncMode[]
  /**
   * the user was removed: what is unsent is pushed once more, kept for the back office and refused; then everything of his
   * leaves the device (MB6). `export`: he may keep his unsent work as a file
   */
  readonly removed?: { readonly export: boolean }
  /** names what the user's rights are: where they are others than at the last welcome, every table is compared (SE3) */
  readonly rights: string
  /** whom conditions about the user mean, and when his days begin */
  readonly footing: Footing
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
  /** minutes between passes, where its changes are never pushed */
  readonly interval?: number
}

/** The user stands otherwise from now on: what follows is of what he may read now, and so is what he holds besides (SE3). */
export interface Stands {
  readonly rights: string
  readonly footing: Footing
}

const holdingShape: Shape<Holding> = union('state', {
  complete: struct({ table: text, at: positionShape, columnSet: text }),
  partial: struct({ table: text, start: positionShape, after: text, columnSet: text }),
})

export const helloShape: Shape<Hello> = struct({
  token: text,
  device: hex,
  app: text,
  release: optional(uint),
  schema: uint,
  profile: uint,
  ids: uint,
  live: flag,
  holdings: list(holdingShape, 1_000),
})

export const refreshShape: Shape<Refresh> = struct({ tables: list(text, 1_000), holdings: list(holdingShape, 1_000) })

const footingShape: Shape<Footing> = struct({
  unit: optional(text),
  teams: list(text),
  timeZone: optional(text),
  // A number or a text, as the schema's columns spell it.
  language: optional(value as Shape<string | number>),
  below: optional(struct({ people: list(text), teams: list(text) })),
})

export const standsShape: Shape<Stands> = struct({ rights: hex, footing: footingShape })

export const welcomeShape: Shape<Welcome> = struct({
  time: uint,
  environment: hex,
  user: struct({ id: text, name: text }),
  prefixes: list(uint, 1_000),
  at: positionShape,
  strategy: text,
  strategies: dictionary(text),
  cacheHours: optional(uint),
  graceHours: optional(uint),
  syncModes: optional(list(word(syncModes), syncModes.length)),
  removed: optional(struct({ export: flag })),
  rights: hex,
  footing: footingShape,
  tables: list(
    struct({ table: text, columnSet: text, columns: optional(list(text, 1_000)), interval: optional(uint) }),
    1_000,
  ),
  writable: dictionary(list(text, 1_000)),
  schemaVersion: uint,
  schema: optional(json),
  profileVersion: uint,
  profile: optional(json),
})
