import type { Filter } from './filter.ts'

/** The names of the columns a filter compares. */
export const columnsIn = (filter: Filter): ReadonlySet<string> => {
  if ('all' in filter) return new Set(filter.all.flatMap(member => [...columnsIn(member)]))
  if ('any' in filter) return new Set(filter.any.flatMap(member => [...columnsIn(member)]))
  return new Set([filter.column])
}
