import { type Answer, type Edit, encodeUp, MAX_PUSHED, type Schema } from '@rejoin/profile'
import { keyOf } from '../replica/memory.ts'
import { type Holds, holdsIn, referred } from './holding.ts'
import type { Entry } from './outbox-state.ts'
import type { Sendable } from './selecting.ts'
import { columnName, groupTooLarge, MAX_PUSH_BYTES, tooLarge, weightOf } from './size.ts'

/** Edits that may be unanswered at a time. */
export const MAX_UNANSWERED = 500

/** What one push should weigh at most, where a single group is not heavier. */
const FULL_PUSH_BYTES = 512 * 1024

/**
 * The entries that go up next, in the order they were made: records do not wait for one another, a record's own
 * entries never overtake (OB5). What refers to a record whose create is not yet accepted waits for that: refused, it
 * would leave them pointing at nothing (OB7). Members of a group go next to one another, all or none.
 */
export const nextToSend = (
  entries: readonly Entry[],
  schema: Schema | undefined,
  unanswered: number,
  sendable: Sendable = 'all',
): readonly Entry[] => {
  const room = Math.min(MAX_PUSHED, MAX_UNANSWERED - unanswered)
  const holds: Holds = holdsIn(entries, schema)
  const early = tooEarly(entries, schema)
  const chosen: Entry[] = []
  const taken = new Set<string>()
  for (const entry of entries) {
    if (chosen.length >= room) break
    const { edit, state } = entry
    if (sendable !== 'all' && !sendable.has(edit.id)) continue
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

/** A push as frames that the relay takes, groups kept together. What no frame could hold is not in them. */
export const pushFrames = (edits: readonly Edit[]): readonly Uint8Array[] => {
  const loads: Edit[][] = []
  let room = 0
  for (const together of unitsOf(edits, edit => edit)) {
    const weight = weightOf(together)
    if (weight > MAX_PUSH_BYTES) continue
    if (weight > room || loads.length === 0) {
      loads.push([])
      room = FULL_PUSH_BYTES
    }
    loads.at(-1)!.push(...together)
    room -= weight
  }
  return loads.map(load => encodeUp({ type: 'push', edits: load }))
}

type Rejected = Extract<Answer, { status: 'rejected' }>

/** Entries that no frame could hold, and all of their groups: with what the relay would have said, had it heard them. */
export const unsendable = (
  entries: readonly Entry[],
  schema: Schema | undefined,
): readonly { readonly entry: Entry; readonly answer: Rejected }[] =>
  unitsOf(entries, ({ edit }) => edit).flatMap(together => {
    const own = together.map(({ edit }) => tooLarge(edit))
    const cause = own.find(each => each !== undefined)
    const whole = cause === undefined ? groupTooLarge(together.map(({ edit }) => edit)) : undefined
    if (cause === undefined && whole === undefined) return []
    return together.map((entry, at) => {
      const why = own[at] ?? whole
      const message = why?.message ?? `another edit of the group was refused: ${cause!.message}`
      const column = why === undefined ? undefined : columnName(schema?.tables.get(entry.edit.table), why)
      const answer: Rejected = { status: 'rejected', code: why === undefined ? 'group' : 'too-large', message }
      return { entry, answer: column === undefined ? answer : { ...answer, column } }
    })
  })

/** Neighbours of one group together, all else by itself. */
export const unitsOf = <T>(all: readonly T[], editOf: (each: T) => Edit): readonly (readonly T[])[] => {
  const units: T[][] = []
  let before: string | undefined
  for (const each of all) {
    const { group } = editOf(each)
    if (group !== undefined && group === before) units.at(-1)!.push(each)
    else units.push([each])
    before = group
  }
  return units
}

/** Discarded entries the relay has not yet been told of. */
export const nextToWithdraw = (entries: readonly Entry[], sendable: Sendable = 'all'): readonly Entry[] =>
  entries
    .filter(({ state }) => state.status === 'withdrawing' && !state.told)
    .filter(({ edit }) => sendable === 'all' || sendable.has(edit.id))
    .slice(0, MAX_PUSHED)
