import { type Edit, encodeUp, MAX_PUSHED, type Schema } from '@rejoin/profile'
import { keyOf } from '../replica/memory.ts'
import { type Holds, holdsIn, referred } from './holding.ts'
import type { Entry } from './outbox-state.ts'

/** Edits that may be unanswered at a time. */
export const MAX_UNANSWERED = 500

/** What one push may weigh; the relay takes frames of 1 MiB. */
const MAX_PUSH_BYTES = 512 * 1024

/**
 * The entries that go up next, in the order they were made: records do not wait for one another, a record's own
 * entries never overtake (OB5). What refers to a record whose create is not yet accepted waits for that: refused, it
 * would leave them pointing at nothing (OB7). Members of a group go next to one another, all or none.
 */
export const nextToSend = (
  entries: readonly Entry[],
  schema: Schema | undefined,
  unanswered: number,
): readonly Entry[] => {
  const room = Math.min(MAX_PUSHED, MAX_UNANSWERED - unanswered)
  const holds: Holds = holdsIn(entries, schema)
  const early = tooEarly(entries, schema)
  const chosen: Entry[] = []
  const taken = new Set<string>()
  for (const entry of entries) {
    if (chosen.length >= room) break
    const { edit, state } = entry
    if (state.status !== 'waiting' || holds.has(edit.id) || early.has(edit.id) || taken.has(edit.id)) continue
    const members = edit.group === undefined ? [entry] : entries.filter(each => each.edit.group === edit.group)
    const waiting = members.filter(each => each.state.status === 'waiting')
    if (chosen.length > 0 && chosen.length + waiting.length > room) break
    for (const member of waiting) {
      taken.add(member.edit.id)
      chosen.push(member)
    }
  }
  return chosen
}

/** Entries that refer to an earlier create still unanswered, and all that must not overtake them. */
const tooEarly = (entries: readonly Entry[], schema: Schema | undefined): ReadonlySet<string> => {
  const early = new Set<string>()
  const made = new Map<string, string | undefined>()
  const groups = new Set<string>()
  const records = new Set<string>()
  for (const { edit, state } of entries) {
    if (state.status !== 'waiting' && state.status !== 'sent') continue
    const key = keyOf({ table: edit.table, id: edit.record })
    const waits =
      made.size > 0 &&
      referred(edit, schema).some(
        target => made.has(target) && (edit.group === undefined || made.get(target) !== edit.group),
      )
    if (state.status === 'waiting' && (waits || records.has(key))) {
      early.add(edit.id)
      records.add(key)
      if (edit.group !== undefined) groups.add(edit.group)
    }
    if (edit.kind === 'create') made.set(key, edit.group)
  }
  if (groups.size > 0)
    for (const { edit } of entries) if (edit.group !== undefined && groups.has(edit.group)) early.add(edit.id)
  return early
}

/** A push as frames that the relay takes: halved until each is small enough, groups kept together. */
export const pushFrames = (edits: readonly Edit[]): readonly Uint8Array[] => {
  if (edits.length === 0) return []
  const frame = encodeUp({ type: 'push', edits })
  if (frame.length <= MAX_PUSH_BYTES || edits.length === 1) return [frame]
  const cut = cutAt(edits)
  return cut === undefined ? [frame] : [...pushFrames(edits.slice(0, cut)), ...pushFrames(edits.slice(cut))]
}

/** A place near the middle that is inside no group. */
const cutAt = (edits: readonly Edit[]): number | undefined => {
  const middle = Math.floor(edits.length / 2)
  const places = edits.map((_, place) => place).slice(1)
  const near = places.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
  return near.find(place => edits[place]!.group === undefined || edits[place]!.group !== edits[place - 1]!.group)
}

/** Discarded entries the relay has not yet been told of. */
export const nextToWithdraw = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ state }) => state.status === 'withdrawing' && !state.told).slice(0, MAX_PUSHED)
