import { type Fields, fieldsToRow, type PlainRow, saysTheSame, type Table } from '@rejoin/profile'
import { keptList } from '../observe/same.ts'
import { createLive, type Live, type LiveParts } from './live.ts'
import { createMatching } from './matching.ts'
import { createOrdered, type Ordered } from './ordered.ts'
import { type Plan, planQuery } from './plan.ts'
import type { Query } from './query.ts'

/**
 * A query's rows, live. Rows that say what they said before are the same objects, and so is a list of the same rows.
 */
export interface LiveQuery<R> extends Live<readonly R[]> {}

/** @throws RejoinFault for a table, column, operator or value there is none of */
export const createLiveQuery = (parts: LiveParts, table: string, query: Query): LiveQuery<PlainRow> => {
  const matching = createMatching<PlainRow, Plan, Ordered<PlainRow>>(parts, {
    table,
    plan: (ground, known) => planQuery(ground, known, query),
    keep: rowOf,
    hold: (rows, { compare, limit }) => createOrdered(rows, compare, limit),
  })
  let from: Ordered<PlainRow> | undefined
  const compute = (before: readonly PlainRow[] | undefined): readonly PlainRow[] => {
    const found = matching.look()
    const anew = found?.held !== from
    from = found?.held
    if (found === undefined) return keptList(before, [])
    const { list } = found.held
    const { limit } = found.plan
    // A list that was only moved, and not cut, is another one exactly where a row is.
    return !anew && limit === Infinity ? list : keptList(before, list)
  }
  return createLive(parts, matching, compute)
}

const rowOf = (table: Table, id: string, fields: Fields, before: PlainRow | undefined): PlainRow =>
  before !== undefined && saysTheSame(table, before, fields) ? before : fieldsToRow(table, id, fields)
