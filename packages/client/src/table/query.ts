import type { Condition, Filter, Link, Value } from '@rejoin/profile'

/**
 * What an app asks of a table. Conditions are those of download filters (text without case, null equal to nothing), so
 * that a list on the device and a profile's filter mean the same by the same words.
 *
 *     { where: { status: 'open' }, orderBy: ['begin', 'desc'], limit: 20 }
 */
export interface Query {
  readonly where?: Where | undefined
  /** column names, each ascending, or `[column, 'desc']`; ties, and no order at all, are settled by id (LW10) */
  readonly orderBy?: OrderBy | readonly OrderBy[] | undefined
  readonly limit?: number | undefined
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

/** A value, null, or operators with what stands beside them; true where nothing does. */
export type ByColumn = Readonly<Record<string, Value | WhereOp>>
type WhereOp = { readonly [op in Condition['op']]?: Value | true }
export type WhereGroup = { readonly all: readonly Where[] } | { readonly any: readonly Where[] }
export interface WhereLink extends Omit<Link, 'where'> {
  readonly where?: Where | undefined
}

export type OrderBy = string | readonly [column: string, direction: 'asc' | 'desc']
