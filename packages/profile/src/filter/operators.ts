/**
 * All operators (FI1 to FI3), by what stands beside them: one value, a list, two bounds, a pattern, a day, a number
 * of units, or nothing. Names are FetchXML's.
 */
const compare = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
const list = ['in', 'not-in', 'contain-values'] as const
const range = ['between', 'not-between'] as const
const pattern = ['like', 'not-like', 'begins-with', 'not-begin-with', 'ends-with', 'not-end-with'] as const
const presence = ['null', 'not-null'] as const
const user = [
  'eq-userid',
  'ne-userid',
  'eq-userteams',
  'eq-useroruserteams',
  'eq-useroruserhierarchy',
  'eq-useroruserhierarchyandteams',
  'eq-businessid',
  'ne-businessid',
  'eq-userlanguage',
] as const
const day = ['on', 'on-or-before', 'on-or-after'] as const
const period = [
  'today',
  'yesterday',
  'tomorrow',
  'this-week',
  'last-week',
  'next-week',
  'this-month',
  'last-month',
  'next-month',
  'this-year',
  'last-year',
  'next-year',
  'last-seven-days',
  'next-seven-days',
] as const
const count = [
  'last-x-hours',
  'last-x-days',
  'last-x-weeks',
  'last-x-months',
  'last-x-years',
  'next-x-hours',
  'next-x-days',
  'next-x-weeks',
  'next-x-months',
  'next-x-years',
  'olderthan-x-minutes',
  'olderthan-x-hours',
  'olderthan-x-days',
  'olderthan-x-weeks',
  'olderthan-x-months',
  'olderthan-x-years',
] as const

export type CompareOp = (typeof compare)[number]
export type ListOp = (typeof list)[number]
export type RangeOp = (typeof range)[number]
export type PatternOp = (typeof pattern)[number]
export type PresenceOp = (typeof presence)[number]
export type UserOp = (typeof user)[number]
export type DayOp = (typeof day)[number]
export type PeriodOp = (typeof period)[number]
export type CountOp = (typeof count)[number]
export type Operator = CompareOp | ListOp | RangeOp | PatternOp | PresenceOp | UserOp | DayOp | PeriodOp | CountOp

/** What stands beside an operator. */
export type OperatorKind = 'compare' | 'list' | 'range' | 'pattern' | 'presence' | 'user' | 'day' | 'period' | 'count'

const kinds: Readonly<Record<OperatorKind, readonly Operator[]>> = {
  compare,
  list,
  range,
  pattern,
  presence,
  user,
  day,
  period,
  count,
}

const byName: ReadonlyMap<string, OperatorKind> = new Map(
  (Object.keys(kinds) as OperatorKind[]).flatMap(kind => kinds[kind].map(op => [op, kind] as const)),
)

export const operatorKind = (op: string): OperatorKind | undefined => byName.get(op)
export const operators: readonly Operator[] = Object.values(kinds).flat()
export const operatorsOfKind = (kind: OperatorKind): readonly Operator[] => kinds[kind]

/** Each negated operator, the exact complement of its positive one (FI5). */
export const positiveOf: Readonly<Partial<Record<Operator, Operator>>> = {
  ne: 'eq',
  'not-in': 'in',
  'not-between': 'between',
  'not-like': 'like',
  'not-begin-with': 'begins-with',
  'not-end-with': 'ends-with',
  'ne-userid': 'eq-userid',
  'ne-businessid': 'eq-businessid',
}
