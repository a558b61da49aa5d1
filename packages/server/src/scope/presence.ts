import type { Fields, Scope } from '@rejoin/profile'
import { createAudience } from '../live/audience.ts'
import { holdersOf } from '../live/concern.ts'
import type { Lens } from '../live/linked.ts'
import { keyOf, type StoredIndex, type View } from '../storage/storage.ts'

/**
 * Which of some rows of a table a scope holds, as of a view. Rows that others bring, or whose filter looks at others, are
 * followed to those; of the rest the row itself tells.
 *
 * @param lens the one the scope was compiled with
 */
export const presentAmong = async (
  view: View,
  scope: Scope,
  lens: Lens,
  table: string,
  rows: readonly StoredIndex[],
): Promise<ReadonlySet<string>> => {
  const part = scope.tables.get(table)
  const live = rows.filter(row => !row.deleted && !row.purged)
  if (part === undefined || live.length === 0) return new Set()
  if (part.everything) return new Set(live.map(({ id }) => id))
  if (part.alone) {
    return new Set(live.filter(row => part.holds(JSON.parse(row.json) as Fields, row.id)).map(({ id }) => id))
  }
  const audience = createAudience<{ readonly scope: Scope }>(scope.schema, scope.profile, lens)
  audience.add({ scope })
  const holders = await holdersOf(
    view,
    audience,
    live.map(({ id }) => ({ table, id })),
  )
  return new Set(live.filter(({ id }) => (holders.get(keyOf({ table, id }))?.size ?? 0) > 0).map(({ id }) => id))
}
