import { byCodePoint, operandOf, type Table, type Value, valueIn } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import { createLive, type Live, type LiveParts } from './live.ts'
import { createMatching } from './matching.ts'
import { compareValues } from './order.ts'
import type { Query } from './query.ts'
import { createTally, type Tally } from './tally.ts'
import { type Conditions, planWhere } from './where.ts'

/** How many records a query selects. No rows are made for it. */
export type LiveCount = Live<number>

/** How many of them have each value of a column: in the order of the values, first those that have none, as null. */
export type LiveCounts<V = Single> = Live<ReadonlyMap<V, number>>

export type Single = Exclude<Value, readonly unknown[]>

/** What is counted; there is neither order nor limit to it. */
export type Counted = Pick<Query, 'where'>

/** @throws RejoinFault for a column, operator or value the table does not know */
export const createCount = (parts: LiveParts, table: string, { where }: Counted): LiveCount => {
  const matching = createMatching<true, Conditions, Tally<true>>(parts, {
    table,
    plan: (ground, { name }) => planWhere(ground, name, where),
    keep: () => true,
    reads: () => [],
    hold: createTally,
  })
  const compute = (): number => matching.look()?.held.counts.get(true) ?? 0
  return createLive(parts, matching, compute)
}

/** @throws RejoinFault for a column, operator or value the table does not know, and for a column of lists */
export const createCounts = (parts: LiveParts, table: string, column: string, { where }: Counted): LiveCounts => {
  const matching = createMatching<Single, Conditions, Tally<Single>>(parts, {
    table,
    plan: (ground, known) => {
      refuseUncountable(known, column)
      return planWhere(ground, known.name, where)
    },
    reads: ({ byName }) => (byName.has(column) ? [byName.get(column)!.id] : []),
    keep: (known, id, fields) => valueIn(operandOf(known, column)!, fields, id) as Single,
    hold: createTally,
  })
  const compute = (before?: ReadonlyMap<Single, number>): ReadonlyMap<Single, number> => {
    const counts = [...(matching.look()?.held.counts ?? [])].toSorted(([a], [b]) => inOrder(a, b))
    const same = before?.size === counts.length && counts.every(([value, count]) => before.get(value) === count)
    return same ? before : new Map(counts)
  }
  return createLive(parts, matching, compute)
}

const inOrder = (a: Single, b: Single): number => compareValues(a, b) || byCodePoint(String(a), String(b))

const refuseUncountable = (table: Table, column: string): void => {
  const place = { table: table.name, column }
  const operand = operandOf(table, column)
  if (operand === undefined) {
    throw new RejoinFault({ code: 'unknown-column', message: `${column} is not a column of ${table.name}`, ...place })
  }
  if (operand.kind === 'column' && (operand.column.type === 'choices' || operand.column.type === 'document')) {
    throw new RejoinFault({ code: 'invalid', message: `${column} does not hold one value`, ...place })
  }
}
