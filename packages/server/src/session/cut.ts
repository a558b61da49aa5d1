import type { PackedRow, TableScope } from '@rejoin/profile'
import { serveEnvelope } from '../scope/serve.ts'
import type { StoredRecord } from '../storage/storage.ts'
import { limits } from './limits.ts'

/**
 * As many rows as a page may weigh, as the scope lets them out.
 *
 * @param held ids of those the scope holds
 * @returns `taken`: how far it came, rows that are not held included
 */
export const cut = (
  stored: readonly StoredRecord[],
  part: TableScope,
  held: ReadonlySet<string>,
): { rows: PackedRow[]; taken: readonly StoredRecord[] } => {
  const rows: PackedRow[] = []
  let bytes = 0
  for (const [index, row] of stored.entries()) {
    if (!held.has(row.id)) continue
    const envelope = serveEnvelope(row.envelope, part)
    bytes += envelope.length
    if (bytes > limits.pageBytes && rows.length > 0) return { rows, taken: stored.slice(0, index) }
    rows.push({ id: row.id, envelope })
  }
  return { rows, taken: stored }
}
