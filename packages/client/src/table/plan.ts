import type { PlainRow, Table } from '@rejoin/profile'
import { orderOf } from './order.ts'
import type { Query } from './query.ts'
import { type Conditions, type Ground, planWhere } from './where.ts'

/** A query, ready to be asked at one moment. */
export interface Plan extends Conditions {
  readonly compare: (a: PlainRow, b: PlainRow) => number
  readonly limit: number
}

/** @throws RejoinFault for a column, operator or value there is none of */
export const planQuery = (ground: Ground, table: Table, query: Query): Plan => ({
  ...planWhere(ground, table.name, query.where),
  compare: orderOf(table, query.orderBy),
  limit: query.limit ?? Infinity,
})
