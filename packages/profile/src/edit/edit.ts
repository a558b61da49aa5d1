import type { Fields, Value } from '../schema/schema.ts'

/** A place in an environment's history. The commit id tells a restored or foreign history apart. */
export interface Position {
  readonly rev: number
  /** 16 hex digits, random per commit; empty at rev 0 */
  readonly commit: string
}

export const nowhere: Position = { rev: 0, commit: '' }

export type EditKind = 'create' | 'update' | 'delete' | 'command'

/** A named action as it travels: which one, and what it was given, by argument name in stored form. */
export interface CommandCall {
  readonly name: string
  readonly args: Fields
}

/** `[before, after]` as the author saw them, by column id. */
export type Changes = Readonly<Record<string, readonly [before: Value, after: Value]>>

/**
 * One user action on one record: the only way anything changes, on a device or online.
 * `update` is exactly what the recording transaction emitted; `changes` says the same in plain values.
 */
export interface Edit {
  /** UUIDv7 */
  readonly id: string
  readonly author: string
  readonly device: string
  /** counts the edits of one device, from 1 */
  readonly seq: number
  /** 1 + the highest tick the author had seen on this record */
  readonly tick: number
  /** ms since 1970 on the author's clock; information only, never compared */
  readonly at: number
  readonly table: string
  readonly record: string
  readonly kind: EditKind
  /** of a command, and of nothing else; its `changes` are what its offline step showed its author */
  readonly command?: CommandCall
  /** the confirmed record the author's edit stands on */
  readonly base: Position
  /** the life of the document it was recorded on; empty for a create */
  readonly incarnation: string
  /** the author's own unsettled edit this one was made on top of */
  readonly after?: string
  /** foreign pending edits that were part of the author's view */
  readonly seen?: readonly string[]
  readonly changes: Changes
  readonly update: Uint8Array
  /** the whole record as the author saw it, null columns included, cut to what its author may write */
  readonly image?: Fields
  /** edits of one group take effect together or not at all */
  readonly group?: string
  /** the edit this one replaces everywhere */
  readonly amends?: string
}
