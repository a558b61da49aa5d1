import { type Edit, MAX_PUSHED } from '@rejoin/profile'
import type { Entry } from '../outbox/outbox-state.ts'
import { pushFrames, unitsOf } from '../outbox/sending.ts'
import { MAX_PUSH_BYTES, weightOf } from '../outbox/size.ts'
import { isUnsent } from '../outbox/unsent.ts'

/** All unsent work of a user who was removed, told to the relay once more, whatever had become of it here (MB6). */
export interface HandingIn {
  /** frames that may go now: a few at a time, so that a long outbox is not taken for a flood */
  next(): readonly Uint8Array[]
  answered(edits: readonly string[]): void
  readonly done: boolean
}

export const createHandingIn = (entries: readonly Entry[]): HandingIn => {
  const loads: Edit[][] = []
  const unsent = entries.filter(isUnsent).map(({ edit }) => edit)
  for (const unit of unitsOf(unsent, edit => edit)) {
    // What no frame can hold was never to leave the device.
    if (weightOf(unit) > MAX_PUSH_BYTES) continue
    const load = loads.at(-1)
    if (load === undefined || load.length + unit.length > MAX_PUSHED) loads.push([...unit])
    else load.push(...unit)
  }
  const open = new Set<string>()
  return {
    next: () => {
      const load = open.size === 0 ? (loads.shift() ?? []) : []
      for (const { id } of load) open.add(id)
      return pushFrames(load)
    },
    answered: edits => {
      for (const edit of edits) open.delete(edit)
    },
    get done() {
      return open.size === 0 && loads.length === 0
    },
  }
}
