import type { Position } from '../edit/edit.ts'
import { type Answered, answeredShape, positionShape } from './edit.ts'
import { blob, list, optional, type Shape, struct, text, word } from './shape.ts'

/**
 * What changed for this device: deltas while catching up, live changes afterwards, answers to its own edits. One
 * message is stored in one transaction. A row is replaced only by one of a higher revision.
 */
export interface ChangesMessage {
  /** the device now knows everything up to here; absent while catching up */
  readonly at?: Position
  readonly rows: readonly { readonly table: string; readonly id: string; readonly envelope: Uint8Array }[]
  /** rows the device held and may hold no more, or that are no more */
  readonly gone: readonly { readonly table: string; readonly id: string; readonly why: GoneReason }[]
  readonly answers: readonly Answered[]
}

export type GoneReason = 'deleted' | 'left' | 'unknown'

export const changesShape: Shape<ChangesMessage> = struct({
  at: optional(positionShape),
  rows: list(struct({ table: text, id: text, envelope: blob }), 10_000),
  gone: list(struct({ table: text, id: text, why: word(['deleted', 'left', 'unknown']) }), 100_000),
  answers: list(answeredShape, 10_000),
})
