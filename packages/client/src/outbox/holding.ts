import type { Schema } from '@rejoin/profile'
import { keyOf } from '../replica/memory.ts'
import { blocks, type Entry } from './outbox-state.ts'

/**
 * What holds an entry on the device: an earlier one of its record that is stuck, a record it refers to whose create
 * is stuck, or a member of its group that is held (OB7, OB13). Computed over the whole outbox, in order.
 */
export type Holds = ReadonlyMap<string, string>

/** @returns by edit id, the id of the entry that holds it; entries stuck by themselves are not in it */
export const holdsIn = (entries: readonly Entry[], schema: Schema | undefined): Holds => {
  const holds = new Map<string, string>()
  // Nearly always nothing is stuck, and then nothing is held.
  if (!entries.some(({ state }) => blocks(state))) return holds
  /** by record, the earliest stuck entry */
  const stuckRecords = new Map<string, { readonly at: number; readonly cause: string }>()
  const stuckCreates = new Map<string, string>()
  for (let found = -1; found !== holds.size;) {
    found = holds.size
    const stuckGroups = new Map<string, string>()
    for (const { edit, state } of entries) {
      if (edit.group !== undefined && (blocks(state) || holds.has(edit.id)))
        stuckGroups.set(edit.group, holds.get(edit.id) ?? edit.id)
    }
    for (const [at, { edit, state }] of entries.entries()) {
      const key = keyOf({ table: edit.table, id: edit.record })
      const stuck = blocks(state)
      if (!stuck && state.status === 'waiting' && !holds.has(edit.id)) {
        const by =
          stuckBefore(stuckRecords.get(key), at) ??
          referred(edit, schema)
            .map(target => stuckCreates.get(target))
            .find(each => each !== undefined) ??
          // A group leaves as one and is decided as one: what may have left is asked for again, to hear its fate.
          (edit.group === undefined || state.left ? undefined : stuckGroups.get(edit.group))
        if (by !== undefined) holds.set(edit.id, by)
      }
      if (!stuck && !holds.has(edit.id)) continue
      const cause = holds.get(edit.id) ?? edit.id
      if (at < (stuckRecords.get(key)?.at ?? Infinity)) stuckRecords.set(key, { at, cause })
      if (edit.kind === 'create' && !stuckCreates.has(key)) stuckCreates.set(key, cause)
    }
  }
  return holds
}

/** What was made earlier waits for nothing that came later. */
const stuckBefore = (
  stuck: { readonly at: number; readonly cause: string } | undefined,
  at: number,
): string | undefined => (stuck !== undefined && stuck.at < at ? stuck.cause : undefined)

/** Record keys an edit's lookups now point to. */
export const referred = ({ table, changes }: Entry['edit'], schema: Schema | undefined): string[] =>
  (schema?.tables.get(table)?.columns ?? []).flatMap(({ id, type, target, targets }) => {
    const value = type === 'lookup' ? changes[id]?.[1] : undefined
    if (typeof value !== 'string') return []
    return [...(targets ?? []), ...(target === undefined ? [] : [target])].map(each =>
      keyOf({ table: each, id: value }),
    )
  })
