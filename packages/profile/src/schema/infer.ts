import type { ColumnSource, SchemaSource, TableSource } from './schema.ts'

/**
 * Row types read from the schema itself, so that an app written in TypeScript needs no generated file:
 *
 *     const schema = defineSchema({ tables: [{ name: 'workorder', ... }] })
 *     type Workorder = Row<typeof schema, 'workorder'>
 *
 * A required column is typed without null. A profile that leaves it unselected still gives null on the device.
 */
export const defineSchema = <const S extends SchemaSource>(source: S): S => source

export type TableName<S extends SchemaSource> = S['tables'][number]['name']

/** A record as apps read it: every column but documents, by name, the primary key among them. */
export type Row<S extends SchemaSource, T extends TableName<S>> = Flat<
  KeyOf<TableIn<S, T>> & { readonly [C in Stored<TableIn<S, T>> as C['name']]: Cell<C> }
>

/** What creates a record: required columns, and any of the others. Without a primary key the client makes one. */
export type NewRow<S extends SchemaSource, T extends TableName<S>> = Flat<
  Partial<KeyOf<TableIn<S, T>>> & {
    readonly [C in Stored<TableIn<S, T>> as C extends { readonly required: true } ? C['name'] : never]: Cell<C>
  } & { readonly [C in Stored<TableIn<S, T>> as C extends { readonly required: true } ? never : C['name']]?: Cell<C> }
>

/** What changes a record: any of its columns, null to clear those that are not required. */
export type RowChanges<S extends SchemaSource, T extends TableName<S>> = {
  readonly [C in Stored<TableIn<S, T>> as C['name']]?: Cell<C>
}

type TableIn<S extends SchemaSource, T extends string> = Extract<S['tables'][number], { readonly name: T }>

type KeyOf<T extends TableSource> = { readonly [K in T['primaryKey']]: string }

/** The columns that are the record's own: neither its id nor a document. */
type Stored<T extends TableSource> = Exclude<
  T['columns'][number],
  { readonly name: T['primaryKey'] } | { readonly type: 'document' }
>

/** A value of a column, as apps read it. */
export type Cell<C extends ColumnSource> = C extends { readonly required: true } ? Held<C> : Held<C> | null

type Held<C extends ColumnSource> = C['type'] extends 'integer' | 'number' | 'money'
  ? number
  : C['type'] extends 'boolean'
    ? boolean
    : C['type'] extends 'choice'
      ? ChoiceIn<C>
      : C['type'] extends 'choices'
        ? readonly ChoiceIn<C>[]
        : string

type ChoiceIn<C extends ColumnSource> = NonNullable<C['choices']>[number]['value']

/** One object type instead of an intersection: what editors show and what compares as equal. */
type Flat<T> = { readonly [K in keyof T]: T[K] }
