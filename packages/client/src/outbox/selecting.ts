import type { Schema } from '@rejoin/profile'
import { keyOf } from '../replica/memory.ts'
import { referred } from './holding.ts'
import type { Entry } from './outbox-state.ts'

/** Which entries may go up now: a paused queue sends what a person has chosen, and nothing else (OB14). */
export type Sendable = 'all' | ReadonlySet<string>

/**
 * Chosen entries with all they cannot go without: what was made before them on the same record, the creates of records
 * they refer to, and the rest of their groups. A chosen entry that was recorded anew is chosen still.
 *
 * @returns edit ids
 */
export const withNeeded = (
  entries: readonly Entry[],
  schema: Schema | undefined,
  chosen: ReadonlySet<string>,
): ReadonlySet<string> => {
  const ofRecord = new Map<string, Entry[]>()
  const ofGroup = new Map<string, Entry[]>()
  const add = (to: Map<string, Entry[]>, key: string, entry: Entry): void => {
    const known = to.get(key)
    if (known === undefined) to.set(key, [entry])
    else known.push(entry)
  }
  for (const entry of entries) {
    const { table, record, group } = entry.edit
    add(ofRecord, keyOf({ table, id: record }), entry)
    if (group !== undefined) add(ofGroup, group, entry)
  }
  const wanted = new Set(
    entries.filter(({ edit: { id, amends } }) => chosen.has(id) || (amends !== undefined && chosen.has(amends))),
  )
  // A set hands out what is added to it on the way.
  for (const { edit } of wanted) {
    const own = ofRecord.get(keyOf({ table: edit.table, id: edit.record })) ?? []
    for (const each of own) if (each.edit.seq < edit.seq) wanted.add(each)
    for (const target of referred(edit, schema))
      for (const each of ofRecord.get(target) ?? []) if (each.edit.kind === 'create') wanted.add(each)
    if (edit.group !== undefined) for (const each of ofGroup.get(edit.group) ?? []) wanted.add(each)
  }
  return new Set([...wanted].map(({ edit }) => edit.id))
}
