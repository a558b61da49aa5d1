import type { Value } from '@rejoin/profile'

/**
 * Everything the baseline says, as JSON text frames. It has no sign-in, scopes, conflicts or repair: it is
 * what the wire, the parser and the disk cost, and nothing else.
 */
export type Row = readonly [id: string, rev: number, values: Readonly<Record<string, Value>>]

export interface Change {
  readonly id: string
  readonly column: string
  readonly value: Value
}

/** device to relay */
export type Up =
  /** everything changed after `rev`, in pages; then live */
  | { readonly kind: 'sync'; readonly since: number }
  /** one transaction of the relay */
  | { readonly kind: 'edits'; readonly message: number; readonly changes: readonly Change[] }

/** relay to device */
export type Down =
  | { readonly kind: 'page'; readonly rows: readonly Row[] }
  | { readonly kind: 'synced'; readonly rev: number }
  | { readonly kind: 'ack'; readonly message: number; readonly rev: number }
  /** committed changes of another device, whole rows */
  | { readonly kind: 'changed'; readonly rows: readonly Row[] }

/** Records per page of a first sync. */
export const PAGE = 512
