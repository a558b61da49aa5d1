import type { Value } from '../schema/schema.ts'
import type {
  CompareOp,
  CountOp,
  DayOp,
  ListOp,
  PatternOp,
  PeriodOp,
  PresenceOp,
  RangeOp,
  UserOp,
} from './operators.ts'

/**
 * A custom download filter as data: groups, conditions on columns of the table, and links to other tables.
 * Columns are named as the schema names them. `checkFilter` says what may stand where; three evaluations (memory,
 * SQLite, PostgreSQL) give it the same meaning.
 *
 *     { all: [ { column: 'status', op: 'in', value: [1, 2] },
 *              { link: 'any', table: 'booking', from: 'workorder', to: 'workorderid',
 *                where: { column: 'begin', op: 'next-seven-days' } } ] }
 */
export type Filter = Group | Link | Condition

export type Group = { readonly all: readonly Filter[] } | { readonly any: readonly Filter[] }

/**
 * There is a row of `table` (or there is none) whose column `from` equals this row's column `to` and which `where`
 * selects. `from` and `to` are as in FetchXML's link-entity; both hold ids: a lookup, a guid or the primary key.
 */
export interface Link {
  readonly link: 'any' | 'not any'
  readonly table: string
  readonly from: string
  readonly to: string
  readonly where?: Filter
}

export type Condition =
  | { readonly column: string; readonly op: CompareOp; readonly value: Value }
  | { readonly column: string; readonly op: ListOp | RangeOp; readonly value: readonly (string | number)[] }
  | { readonly column: string; readonly op: PatternOp; readonly value: string }
  /** a day, YYYY-MM-DD, in the user's time zone */
  | { readonly column: string; readonly op: DayOp; readonly value: string }
  /** how many units of the operator's name */
  | { readonly column: string; readonly op: CountOp; readonly value: number }
  | { readonly column: string; readonly op: PresenceOp }
  | { readonly column: string; readonly op: UserOp }
  | { readonly column: string; readonly op: PeriodOp }
