import type { Value } from '../schema/schema.ts'

/**
 * A custom download filter as data. Columns are named as the schema names them. Part 1 has the plain
 * comparisons, and/or, and the operators that speak of the signed-in user; dates, patterns and links follow.
 */
export type Filter = { readonly all: readonly Filter[] } | { readonly any: readonly Filter[] } | Condition

export type CompareOp = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type SetOp = 'in' | 'not-in'
export type NullOp = 'null' | 'not-null'
export type UserOp =
  | 'eq-userid'
  | 'ne-userid'
  | 'eq-userteams'
  | 'eq-useroruserteams'
  | 'eq-businessid'
  | 'ne-businessid'

export type Condition =
  | { readonly column: string; readonly op: CompareOp; readonly value: Value }
  | { readonly column: string; readonly op: SetOp; readonly value: readonly (string | number)[] }
  | { readonly column: string; readonly op: NullOp | UserOp }
