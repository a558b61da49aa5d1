import { type Fields, type LedgerEntry, sameValue, type Table } from '@rejoin/profile'
import type { Caller } from './signed-in.ts'
import type { OnlineWrite } from './write.ts'

export type Side = 'mine' | 'theirs'

/**
 * The write that brings one side of a conflict back (CF16): what the two sides differ in, without columns hidden from
 * who restores it. What was changed since in other columns stays.
 *
 * @param standing the record as it is now; undefined where it is deleted
 */
export const restoring = (
  { rights }: Caller,
  table: Table,
  entry: LedgerEntry,
  side: Side,
  standing: Fields | undefined,
): OnlineWrite => {
  const version = entry[side]
  const other = entry[side === 'mine' ? 'theirs' : 'mine']
  const place = { table, record: entry.record }
  if (version.deleted) return { kind: 'delete', ...place, values: {} }
  const readable = rights.readable(table.name)
  const columns = table.columns.filter(({ id }) => readable.has(id)).map(({ id }) => id)
  if (standing === undefined) {
    const kept = columns.flatMap(id => (version.fields[id] === undefined ? [] : [[id, version.fields[id]] as const]))
    return { kind: 'create', ...place, values: Object.fromEntries(kept) }
  }
  const differing = columns.filter(
    id => other.deleted || !sameValue(version.fields[id], other.fields[id]) || entry.changes[id] !== undefined,
  )
  return { kind: 'update', ...place, values: Object.fromEntries(differing.map(id => [id, version.fields[id] ?? null])) }
}
