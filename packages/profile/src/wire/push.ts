import type { Edit } from '../edit/edit.ts'
import { editShape } from './edit.ts'
import { list, type Shape, struct, text } from './shape.ts'

export const MAX_PUSHED = 100

/** Edits going up, in the order they were made. Edits of one group travel in one push, next to one another. */
export interface Push {
  readonly edits: readonly Edit[]
}

/** Edits a device wants back. Answered like edits: withdrawn, or what they had already become. */
export interface Withdraw {
  readonly edits: readonly string[]
}

export const pushShape: Shape<Push> = struct({ edits: list(editShape, MAX_PUSHED) })
export const withdrawShape: Shape<Withdraw> = struct({ edits: list(text, MAX_PUSHED) })
