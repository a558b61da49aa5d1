import type { SchemaSource, TableName } from '@rejoin/profile'
import type { Rejoin } from '../device/device.ts'
import type { Readiness } from '../readiness/readiness.ts'
import type { Counted } from '../table/count.ts'
import type { Query } from '../table/query.ts'
import type { ColumnIn, QueryIn, RowIn, RowOf, ValueIn } from '../table/typing.ts'
import { useRejoin } from './context.ts'
import { useObservable } from './observable.ts'
import { sharedOf } from './shared.ts'

/** The hooks that speak of an app's own tables: their rows are typed by its schema. */
export interface TableHooks<S extends SchemaSource> {
  /** The device, to act on it. @throws Error outside a `RejoinProvider` */
  useRejoin(): Rejoin<S>
  /**
   * The rows that match now, here or by sync, and what they include. The query is compared by what it says, not by
   * identity; rows and lists that say what they said are the same objects. Before the first sync it is what has come so
   * far.
   * @throws RejoinFault for a table, column or operator there is none of
   */
  useQuery<T extends TableName<S>, const Q extends QueryIn<S, T>>(table: T, query?: Q): readonly RowOf<S, T, Q>[]
  /** The same, and suspends until this device has had its first sync; where it has had it, never. */
  useSuspenseQuery<T extends TableName<S>, const Q extends QueryIn<S, T>>(
    table: T,
    query?: Q,
  ): readonly RowOf<S, T, Q>[]
  /** How many match now; drawn again when it is another number. */
  useCount<T extends TableName<S>>(table: T, counted?: Counted): number
  /** How many match now, by the value of a column: the same map while it says the same. */
  useCountBy<T extends TableName<S>, C extends ColumnIn<S, T>>(
    table: T,
    column: C,
    counted?: Counted,
  ): ReadonlyMap<ValueIn<S, T, C>, number>
  /** One record as its user sees it; undefined while it is not here. */
  useRecord<T extends TableName<S>>(table: T, id: string): RowIn<S, T> | undefined
  /** Whether one record can be worked on without a network, with all that the profile relates to it; if not, why. */
  useReady(table: TableName<S>, id: string): Readiness
  /** The same of everything a query selects: "is my day ready?" */
  useReadyAll(table: TableName<S>, query?: Query): Readiness
}

const everything = {}

/** `useQuery` of a device whose rows are not typed; see `TableHooks`. */
export const useQuery: TableHooks<SchemaSource>['useQuery'] = <const Q extends QueryIn<SchemaSource, string>>(
  table: string,
  query?: Q,
) => useObservable(sharedOf(useRejoin()).query(table, query ?? everything)) as readonly RowOf<SchemaSource, string, Q>[]

/** `useSuspenseQuery` of a device whose rows are not typed; see `TableHooks`. */
export const useSuspenseQuery: TableHooks<SchemaSource>['useSuspenseQuery'] = (table, query) => {
  const rejoin = useRejoin()
  // A promise is how React is told to wait, in all versions this package works with.
  // oxlint-disable-next-line typescript/only-throw-error
  if (!rejoin.ready) throw sharedOf(rejoin).whenReady(table)
  return useQuery(table, query)
}

/** `useCount` of a device whose rows are not typed; see `TableHooks`. */
export const useCount: TableHooks<SchemaSource>['useCount'] = (table, counted = everything) =>
  useObservable(sharedOf(useRejoin()).count(table, counted))

/** `useCountBy` of a device whose rows are not typed; see `TableHooks`. */
export const useCountBy: TableHooks<SchemaSource>['useCountBy'] = (table, column, counted = everything) =>
  useObservable(sharedOf(useRejoin()).countBy(table, column, counted))

/** `useRecord` of a device whose rows are not typed; see `TableHooks`. */
export const useRecord: TableHooks<SchemaSource>['useRecord'] = (table, id) =>
  useObservable(sharedOf(useRejoin()).record(table, id))

/** `useReady` of a device whose rows are not typed; see `TableHooks`. */
export const useReady: TableHooks<SchemaSource>['useReady'] = (table, id) =>
  useObservable(sharedOf(useRejoin()).ready(table, id))

/** `useReadyAll` of a device whose rows are not typed; see `TableHooks`. */
export const useReadyAll: TableHooks<SchemaSource>['useReadyAll'] = (table, query = everything) =>
  useObservable(sharedOf(useRejoin()).readyAll(table, query))

/** The same hooks, typed by a schema: `export const { useQuery, useRecord } = hooksFor<typeof schema>()`. */
export const hooksFor = <S extends SchemaSource>(): TableHooks<S> =>
  ({
    ...{ useRejoin, useQuery, useSuspenseQuery, useRecord },
    ...{ useCount, useCountBy, useReady, useReadyAll },
  }) as unknown as TableHooks<S>
