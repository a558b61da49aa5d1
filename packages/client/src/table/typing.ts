import type { NewRow, PlainRow, Row, RowChanges, SchemaSource, TableName } from '@rejoin/profile'
import type { Single } from './count.ts'
import type { IncludingQuery, Query, ShownRow } from './query.ts'

/** Rows typed from the app's schema where it was given one, plain rows where not. */
export type RowIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S ? PlainRow : Row<S, T>
/** What `create` takes: required columns have values; the primary key may be left out. */
export type NewRowIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S
  ? Readonly<Record<string, unknown>>
  : NewRow<S, T>
/** What `update` takes: any columns but the primary key; null clears one that need not have a value. */
export type ChangesIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S
  ? Readonly<Record<string, unknown>>
  : RowChanges<S, T>

/** A query whose includes are those the schema has: lookups of the table, and of other tables to it. */
export type QueryIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S
  ? IncludingQuery
  : Query & { readonly include?: IncludeIn<S, T> | undefined }

export interface IncludeIn<S extends SchemaSource, T extends TableName<S>> {
  readonly [name: string]: Lookup<S, T> | One<S, T> | Many<S, T>
}

type One<S extends SchemaSource, T extends TableName<S>> = {
  [L in Lookup<S, T>]: { readonly lookup: L; readonly include?: IncludeIn<S, Target<S, T, L>> | undefined }
}[Lookup<S, T>]

type Many<S extends SchemaSource, T extends TableName<S>> = {
  [U in TableName<S>]: LookupTo<S, U, T> extends never
    ? never
    : QueryIn<S, U> & { readonly table: U; readonly lookup: LookupTo<S, U, T> }
}[TableName<S>]

/** The rows of a query: the columns, and what it includes. */
export type RowOf<S extends SchemaSource, T extends TableName<S>, Q> = Q extends {
  readonly include: infer I extends object
}
  ? SchemaSource extends S
    ? ShownRow
    : Flat<RowIn<S, T> & { readonly [N in keyof I]: Included<S, T, I[N]> }>
  : RowIn<S, T>

type Included<S extends SchemaSource, T extends TableName<S>, I> = I extends string
  ? RowIn<S, Target<S, T, I>> | null
  : I extends { readonly table: infer U extends TableName<S> }
    ? readonly RowOf<S, U, I>[]
    : I extends { readonly lookup: infer L }
      ? RowOf<S, Target<S, T, L>, I> | null
      : never

type ColumnsIn<S extends SchemaSource, T extends string> = Extract<
  S['tables'][number],
  { readonly name: T }
>['columns'][number]

/** Names of a table's lookups that lead to tables of the schema. */
type Lookup<S extends SchemaSource, T extends string> = {
  [N in LookupColumn<S, T>['name']]: [Target<S, T, N>] extends [never] ? never : N
}[LookupColumn<S, T>['name']]

type LookupColumn<S extends SchemaSource, T extends string> = Extract<ColumnsIn<S, T>, { readonly type: 'lookup' }>

/** The tables of the schema that a lookup leads to. */
type Target<S extends SchemaSource, T extends string, L> = TargetOf<Extract<LookupColumn<S, T>, { readonly name: L }>> &
  TableName<S>

type TargetOf<C> = C extends { readonly target: infer N }
  ? N
  : C extends { readonly targets: readonly (infer N)[] }
    ? N
    : never

type LookupTo<S extends SchemaSource, U extends string, T extends string> = {
  [N in LookupColumn<S, U>['name']]: T extends Target<S, U, N> ? N : never
}[LookupColumn<S, U>['name']]

/** The value of a column, as counts tell it apart. */
export type ValueIn<S extends SchemaSource, T extends TableName<S>, C> = SchemaSource extends S
  ? Single
  : C extends keyof RowIn<S, T>
    ? Exclude<RowIn<S, T>[C], readonly unknown[]> | null
    : never

/** Names of a table's columns. */
export type ColumnIn<S extends SchemaSource, T extends TableName<S>> = keyof RowIn<S, T> & string

/** One object type instead of an intersection: what editors show and what compares as equal. */
type Flat<T> = { readonly [K in keyof T]: T[K] }
