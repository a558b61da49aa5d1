import { byCodePoint, fold, type PlainRow, type Table, type Value } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { OrderBy, Query } from './query.ts'

/** Rows as a query orders them: by its columns, then by id (LW10). @throws RejoinFault for a column there is none of */
export const orderOf = (table: Table, orderBy: Query['orderBy']): ((a: PlainRow, b: PlainRow) => number) => {
  const order = listed(orderBy)
  const unknown = order.find(([column]) => column !== table.primaryKey && !table.byName.has(column))
  if (unknown !== undefined) {
    throw new RejoinFault({
      code: 'unknown-column',
      message: `${unknown[0]} is not a column of ${table.name}`,
      table: table.name,
      column: unknown[0],
    })
  }
  const { primaryKey } = table
  // Ids are ASCII, which an engine compares as code points do.
  const byId = (a: PlainRow, b: PlainRow): number => {
    const left = a[primaryKey] as string
    const right = b[primaryKey] as string
    return left < right ? -1 : left === right ? 0 : 1
  }
  if (order.length === 0) return byId
  return (a, b) => {
    for (const [column, direction] of order) {
      const found = compareValues(a[column] ?? null, b[column] ?? null)
      if (found !== 0) return direction === 'desc' ? -found : found
    }
    return byId(a, b)
  }
}

const listed = (orderBy: Query['orderBy']): readonly (readonly [string, 'asc' | 'desc'])[] => {
  if (orderBy === undefined) return []
  if (typeof orderBy === 'string') return [[orderBy, 'asc']]
  if (isDirected(orderBy)) return [orderBy]
  return orderBy.map(each => (typeof each === 'string' ? [each, 'asc'] : each))
}

const isDirected = (orderBy: readonly (OrderBy | string)[]): orderBy is readonly [string, 'asc' | 'desc'] =>
  orderBy.length === 2 && typeof orderBy[0] === 'string' && (orderBy[1] === 'asc' || orderBy[1] === 'desc')

/** Nulls first, then by value: numbers, folded text, false before true. */
export const compareValues = (a: Value, b: Value): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(fold(a), fold(b))
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return byCodePoint(String(a), String(b))
}
