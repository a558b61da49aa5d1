import type { NewRow, PlainRow, Row, RowChanges, SchemaSource, TableName } from '@rejoin/profile'
import type { Single } from './count.ts'

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

/** The value of a column, as counts tell it apart. */
export type ValueIn<S extends SchemaSource, T extends TableName<S>, C> = SchemaSource extends S
  ? Single
  : C extends keyof RowIn<S, T>
    ? Exclude<RowIn<S, T>[C], readonly unknown[]> | null
    : never

/** Names of a table's columns. */
export type ColumnIn<S extends SchemaSource, T extends TableName<S>> = keyof RowIn<S, T> & string
