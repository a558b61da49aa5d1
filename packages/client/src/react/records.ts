import type { SchemaSource, TableName } from '@rejoin/profile'
import type { Rejoin } from '../device/device.ts'
import type { Readiness } from '../readiness/readiness.ts'
import type { Query } from '../table/query.ts'
import type { RowIn } from '../table/typing.ts'
import { useRejoin } from './context.ts'
import { useObservable } from './observable.ts'
import { sharedOf } from './shared.ts'

/** The hooks that speak of an app's own tables: their rows are typed by its schema. */
export interface TableHooks<S extends SchemaSource> {
  /** The device, to act on it. @throws Error outside a `RejoinProvider` */
  useRejoin(): Rejoin<S>
  /**
   * The rows that match now, here or by sync. The query is compared by what it says, not by identity; rows and lists
   * that say what they said are the same objects. Before the first sync it is what has come so far.
   * @throws RejoinFault for a table, column or operator there is none of
   */
  useQuery<T extends TableName<S>>(table: T, query?: Query): readonly RowIn<S, T>[]
  /** The same, and suspends until this device has had its first sync; where it has had it, never. */
  useSuspenseQuery<T extends TableName<S>>(table: T, query?: Query): readonly RowIn<S, T>[]
  /** One record as its user sees it; undefined while it is not here. */
  useRecord<T extends TableName<S>>(table: T, id: string): RowIn<S, T> | undefined
  /** Whether one record can be worked on without a network, with all that the profile relates to it; if not, why. */
  useReady(table: TableName<S>, id: string): Readiness
  /** The same of everything a query selects: "is my day ready?" */
  useReadyAll(table: TableName<S>, query?: Query): Readiness
}

const everything: Query = {}

/** `useQuery` of a device whose rows are not typed; see `TableHooks`. */
export const useQuery: TableHooks<SchemaSource>['useQuery'] = (table, query = everything) =>
  useObservable(sharedOf(useRejoin()).query(table, query))

/** `useSuspenseQuery` of a device whose rows are not typed; see `TableHooks`. */
export const useSuspenseQuery: TableHooks<SchemaSource>['useSuspenseQuery'] = (table, query) => {
  const rejoin = useRejoin()
  // A promise is how React is told to wait, in all versions this package works with.
  // oxlint-disable-next-line typescript/only-throw-error
  if (!rejoin.ready) throw sharedOf(rejoin).whenReady(table)
  return useQuery(table, query)
}

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
  ({ useRejoin, useQuery, useSuspenseQuery, useRecord, useReady, useReadyAll }) as unknown as TableHooks<S>
