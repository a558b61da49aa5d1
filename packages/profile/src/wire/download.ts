import type { Position } from '../edit/edit.ts'
import { positionShape } from './edit.ts'
import { blob, flag, hex, list, type Shape, struct, text, uint } from './shape.ts'

/** The first sync: a plan, then pages, answered by acknowledgements that keep the window open. */
export interface Plan {
  /** rows the device will hold, table by table in the order they come */
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
}

export interface Page {
  readonly table: string
  /** every row of the table's pages is at least as new as this position */
  readonly start: Position
  readonly columnSet: string
  /** last row id the page reached: where a later try goes on */
  readonly after: string
  /** the table is complete with this page */
  readonly last: boolean
  readonly rows: number
  /** (id, envelope)*, packed by `packRows`: stored by the device as it is */
  readonly packed: Uint8Array
}

/** Pages the device has stored since its last acknowledgement. */
export interface Stored {
  readonly pages: number
}

/** Everything up to `at` has been sent. Fingerprints are of the scope as of `at` (scope/fingerprint.ts). */
export interface Synced {
  readonly at: Position
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly fingerprint: string }[]
}

export const planShape: Shape<Plan> = struct({ tables: list(struct({ table: text, rows: uint }), 1_000) })

export const pageShape: Shape<Page> = struct({
  table: text,
  start: positionShape,
  columnSet: text,
  after: text,
  last: flag,
  rows: uint,
  packed: blob,
})

export const storedShape: Shape<Stored> = struct({ pages: uint })

export const syncedShape: Shape<Synced> = struct({
  at: positionShape,
  tables: list(struct({ table: text, rows: uint, fingerprint: hex }), 1_000),
})
