import type { Filter } from '@rejoin/profile'
import type { Indexes } from './indexes.ts'

/**
 * Records of another table that records of ours hang on: what they hold in `from`, ours hold in `to`. Links of filters
 * and includes are both made of these; `joins` are those of the other table.
 *
 *     workorder, include the customer's region:
 *     { table: 'customer', from: 'customerid', to: 'customer',
 *       joins: [{ table: 'region', from: 'regionid', to: 'region', joins: [] }] }
 */
export interface Join {
  readonly table: string
  readonly from: string
  readonly to: string
  readonly joins: readonly Join[]
}

export const joinsIn = (filter: Filter): readonly Join[] => {
  if ('all' in filter) return filter.all.flatMap(joinsIn)
  if ('any' in filter) return filter.any.flatMap(joinsIn)
  if (!('link' in filter)) return []
  const { table, from, to, where } = filter
  return [{ table, from, to, joins: where === undefined ? [] : joinsIn(where) }]
}

/** Every table that is joined, however far away. */
export const joinedTables = (joins: readonly Join[]): ReadonlySet<string> =>
  new Set(joins.flatMap(({ table, joins: further }) => [table, ...joinedTables(further)]))

/**
 * The records of `table` that hang, or hung until now, on one that has changed.
 *
 * @param changed by table, the ids of the records
 */
export const reached = (
  indexes: Indexes,
  table: string,
  joins: readonly Join[],
  changed: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> => {
  const ours = new Set<string>()
  for (const join of joins) {
    const theirs = [...(changed.get(join.table) ?? []), ...reached(indexes, join.table, join.joins, changed)]
    for (const value of new Set(theirs.flatMap(id => indexes.around(join.table, join.from, id))))
      for (const id of indexes.holders(table, join.to, value)) ours.add(id)
  }
  return ours
}
