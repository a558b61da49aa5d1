import type { Fields, GoneReason, TableScope } from '@rejoin/profile'
import type { StoredIndex } from '../storage/storage.ts'

/** A row its holder may still read has left by the profile; of any other he learns only that it is not for him. */
export const whyGone = (part: TableScope | undefined, row: StoredIndex | undefined): GoneReason => {
  if (row === undefined || row.purged || part?.reads(JSON.parse(row.json) as Fields, row.id) !== true) return 'unknown'
  return row.deleted ? 'deleted' : 'left'
}
