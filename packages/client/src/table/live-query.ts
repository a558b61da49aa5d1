import { type Fields, fieldsToRow, type PlainRow, saysTheSame, type Table } from '@rejoin/profile'
import { keptList } from '../observe/same.ts'
import { createIncluded } from './included.ts'
import { createLive, type Live, type LiveParts } from './live.ts'
import { createMatching } from './matching.ts'
import { createOrdered, type Ordered } from './ordered.ts'
import { type Plan, planQuery } from './plan.ts'
import type { IncludingQuery, ShownRow } from './query.ts'

/**
 * A query's rows, live. Rows that say what they said before are the same objects, included ones too, and so is a list of
 * the same rows; of an included row nobody is told who does not show it.
 */
export interface LiveQuery<R> extends Live<readonly R[]> {}

/** @throws RejoinFault for a table, column, operator or value there is none of */
export const createLiveQuery = (parts: LiveParts, table: string, query: IncludingQuery): LiveQuery<ShownRow> => {
  const matching = createMatching<PlainRow, Plan, Ordered<PlainRow>>(parts, {
    table,
    plan: (ground, known) => planQuery(ground, known, query),
    keep: rowOf,
    hold: (rows, { compare, limit }) => createOrdered(rows, compare, limit),
  })
  const included = query.include === undefined ? undefined : createIncluded(matching, parts.indexes)
  let from: Ordered<PlainRow> | undefined
  const compute = (before: readonly ShownRow[] | undefined): readonly ShownRow[] => {
    const found = matching.look()
    const anew = found?.held !== from
    from = found?.held
    if (found === undefined) return keptList(before, [])
    const { list } = found.held
    const { limit } = found.plan
    // A list that was only moved, and not cut, is another one exactly where a row is.
    if (included === undefined && !anew && limit === Infinity) return list
    return keptList(before, included === undefined ? list : included.show(found, list))
  }
  return createLive(parts, included ?? matching, compute)
}

const rowOf = (table: Table, id: string, fields: Fields, before: PlainRow | undefined): PlainRow =>
  before !== undefined && saysTheSame(table, before, fields) ? before : fieldsToRow(table, id, fields)
