import {
  type Asking,
  byCodePoint,
  checkFilter,
  type ColumnTest,
  columnTest,
  type Condition,
  fold,
  type Match,
  operatorKind,
  type PlainRow,
  type Schema,
  type Value,
  type Wanted,
  wantedOf,
} from '@rejoin/profile'
import { refusedBy, RejoinFault } from '../device/fault.ts'

/**
 * What an app asks of a table. Conditions follow the rules of download filters (text without case, null equal to
 * nothing), so that a list on the device and a profile's filter mean the same by the same words.
 */
export interface Query {
  /** by column: a value, null, or a condition such as `{ ge: 3 }`; all must hold */
  readonly where?: Where | undefined
  /** column names, each ascending, or `[column, 'desc']`; ties, and no order at all, are settled by id (LW10) */
  readonly orderBy?: OrderBy | readonly OrderBy[] | undefined
  /** rows at most, the first in order; all where absent */
  readonly limit?: number | undefined
}

/**
 * By column name: a value or null, or operators that must all hold, those of a profile's filter: `eq`, `ne`, `gt`, `ge`,
 * `lt`, `le`, `in`, `like`, `between`, `today`, `last-x-days` and so on. One that takes no value is given `true`.
 */
export type Where = Readonly<Record<string, Value | WhereOp>>
type WhereOp = { readonly [op in Condition['op']]?: Value | true }
/** A column name, ascending, or with its direction. Text is ordered by code point, without case; null comes first. */
export type OrderBy = string | readonly [column: string, direction: 'asc' | 'desc']

export interface Plan {
  /** all of them hold */
  readonly tests: readonly ColumnTest[]
  readonly matches: Match
  /** that they look at; undefined where they look at nothing */
  readonly columns: Wanted | undefined
  readonly compare: (a: PlainRow, b: PlainRow) => number
  readonly limit: number
}

/** @throws RejoinFault for a column, operator or value the table does not know */
export const planQuery = (schema: Schema, table: string, query: Query, asking: Asking): Plan => {
  const known = schema.tables.get(table)!
  const conditions = Object.entries(query.where ?? {}).flatMap(([column, asked]) => conditionsOn(column, asked))
  const [fault] = checkFilter(schema, table, { all: conditions })
  if (fault !== undefined) throw refusedBy(fault, table)
  const order = orderOf(query.orderBy)
  const unknown = order.find(([column]) => column !== known.primaryKey && !known.byName.has(column))
  if (unknown !== undefined) {
    throw new RejoinFault({
      code: 'unknown-column',
      message: `${unknown[0]} is not a column of ${table}`,
      table,
      column: unknown[0],
    })
  }
  const tests = conditions.map(condition => columnTest(schema, table, condition, asking))
  return {
    tests,
    matches: (fields, id) => tests.every(({ comparable, holds }) => holds(comparable(fields, id))),
    columns: tests.length === 0 ? undefined : wantedOf(tests.flatMap(columnOf)),
    compare: (a, b) => {
      for (const [column, direction] of order) {
        const found = compareValues(a[column] ?? null, b[column] ?? null)
        if (found !== 0) return direction === 'desc' ? -found : found
      }
      return byCodePoint(String(a[known.primaryKey]), String(b[known.primaryKey]))
    },
    limit: query.limit ?? Infinity,
  }
}

const columnOf = ({ operand }: ColumnTest): string[] => (operand.kind === 'column' ? [operand.column.id] : [])

const conditionsOn = (column: string, asked: Value | WhereOp): Condition[] => {
  if (asked === null) return [{ column, op: 'null' }]
  if (typeof asked !== 'object' || Array.isArray(asked)) return [{ column, op: 'eq', value: asked as Value }]
  return Object.entries(asked).map(
    ([op, value]) => (value === true && carriesNone(op) ? { column, op } : { column, op, value }) as Condition,
  )
}

/** Conditions on nothing but presence, the signed-in user or a period carry no value: `{ today: true }`. */
const carriesNone = (op: string): boolean => {
  const kind = operatorKind(op)
  return kind === 'presence' || kind === 'user' || kind === 'period'
}

const orderOf = (orderBy: Query['orderBy']): readonly (readonly [string, 'asc' | 'desc'])[] => {
  if (orderBy === undefined) return []
  if (typeof orderBy === 'string') return [[orderBy, 'asc']]
  if (isDirected(orderBy)) return [orderBy]
  return orderBy.map(each => (typeof each === 'string' ? [each, 'asc'] : each))
}

const isDirected = (orderBy: readonly (OrderBy | string)[]): orderBy is readonly [string, 'asc' | 'desc'] =>
  orderBy.length === 2 && typeof orderBy[0] === 'string' && (orderBy[1] === 'asc' || orderBy[1] === 'desc')

/** Nulls first, then by value: numbers, folded text, false before true. */
const compareValues = (a: Value, b: Value): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(fold(a), fold(b))
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return byCodePoint(String(a), String(b))
}
