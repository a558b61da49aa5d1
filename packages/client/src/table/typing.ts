import type { NewRow, PlainRow, Row, RowChanges, SchemaSource, TableName } from '@rejoin/profile'

/** Rows typed from the app's schema where it was given one, plain rows where not. */
export type RowIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S ? PlainRow : Row<S, T>
export type NewRowIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S
  ? Readonly<Record<string, unknown>>
  : NewRow<S, T>
export type ChangesIn<S extends SchemaSource, T extends TableName<S>> = SchemaSource extends S
  ? Readonly<Record<string, unknown>>
  : RowChanges<S, T>
