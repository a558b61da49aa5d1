import type { Condition, Filter, Link, Value } from '@rejoin/profile'

/**
 * What an app asks of a table. Conditions are those of download filters (text without case, null equal to nothing), so
 * that a list on the device and a profile's filter mean the same by the same words.
 *
 *     { where: { status: 'open' }, orderBy: ['begin', 'desc'], limit: 20 }
 */
export interface Query {
  /** conditions by column, or a filter; all records where absent */
  readonly where?: Where | undefined
  /** column names, each ascending, or `[column, 'desc']`; ties, and no order at all, are settled by id (LW10) */
  readonly orderBy?: OrderBy | readonly OrderBy[] | undefined
  /** rows at most, the first in order; all where absent */
  readonly limit?: number | undefined
}

/** The same, with related rows. */
export interface IncludingQuery extends Query {
  /** what stands beside the columns of each row, by names of the app's own */
  readonly include?: Include | undefined
}

/**
 * Conditions by column, all of which must hold, or a filter as profiles have it: groups, links and conditions. The
 * members of groups, and what a link asks, may be conditions by column again.
 *
 *     { status: 'open', hours: { ge: 3, lt: 8 }, technician: null, due: { today: true } }
 *     { any: [{ status: 'open' }, { priority: { ge: 3 } }] }
 *     { link: 'any', table: 'booking', from: 'workorder', to: 'workorderid', where: { begin: { today: true } } }
 */
export type Where = ByColumn | Filter | WhereGroup | WhereLink

/**
 * A value or null, or operators that must all hold, those of a profile's filter: `eq`, `ne`, `gt`, `ge`, `lt`, `le`,
 * `in`, `like`, `between`, `today`, `last-x-days` and so on. One that takes no value is given `true`.
 */
export type ByColumn = Readonly<Record<string, Value | WhereOp>>
type WhereOp = { readonly [op in Condition['op']]?: Value | true }
export type WhereGroup = { readonly all: readonly Where[] } | { readonly any: readonly Where[] }
export interface WhereLink extends Omit<Link, 'where'> {
  readonly where?: Where | undefined
}

/** A column name, ascending, or with its direction. Text is ordered by code point, without case; null comes first. */
export type OrderBy = string | readonly [column: string, direction: 'asc' | 'desc']

/**
 * Related rows beside the columns of a row, by names that the app chooses: the row a lookup leads to, or the rows of
 * another table whose lookup leads here, as a query of their own. Up to three levels.
 *
 *     { customer: 'customerid', bookings: { table: 'booking', lookup: 'workorder', orderBy: 'begin', limit: 3 } }
 *
 * A row that a lookup leads to is the one `get` gives: null where the lookup is empty, and where the record is not on
 * this device, of which `missing(id)` of its table tells why. Rows that lead here are those a query lists.
 */
export type Include = Readonly<Record<string, string | IncludeOne | IncludeMany>>

/** The row that a lookup of this table leads to. */
export interface IncludeOne {
  /** name of this table's lookup column */
  readonly lookup: string
  /** what that row includes itself */
  readonly include?: Include | undefined
}

/** The rows of another table that lead here; `where`, `orderBy` and `limit` say which of them, and in what order. */
export interface IncludeMany extends IncludingQuery {
  /** name of the other table */
  readonly table: string
  /** name of its lookup column that leads here */
  readonly lookup: string
}

/** A row as it is handed out: its columns, and what was included. */
export interface ShownRow {
  readonly [name: string]: Value | ShownRow | readonly ShownRow[]
}
