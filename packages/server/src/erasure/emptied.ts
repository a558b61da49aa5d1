import type { Edit, Value } from '@rejoin/profile'
import type { RecordKey } from '../storage/storage.ts'

/**
 * Columns of a record that were erased while the record stays: by column id, the revision that did it. A device that was
 * away still has what they held, and its next edit says so twice over: in the image of the whole record, which client
 * wins would write back, and as what the author saw before. Both are left out where his base is older; what he wrote
 * himself counts.
 */
export type Emptied = Readonly<Record<string, number>>

export const emptiedKey = ({ table, id }: RecordKey) => ({ kind: 'emptied', id: `${table}/${id}` }) as const

export const withoutErased = (edit: Edit, emptied: Emptied | undefined, base: number): Edit => {
  if (emptied === undefined) return edit
  const isStale = (column: string): boolean => (emptied[column] ?? 0) > base
  const image = Object.entries(edit.image ?? {}).filter(([column]) => !isStale(column))
  const changes = Object.entries(edit.changes).map(([column, [before, after]]): [string, [Value, Value]] => [
    column,
    [isStale(column) ? null : before, after],
  ])
  return {
    ...edit,
    changes: Object.fromEntries(changes),
    ...(edit.image === undefined ? {} : { image: Object.fromEntries(image) }),
  }
}
