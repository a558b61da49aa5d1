import {
  type ArgsOf,
  type Command,
  fieldsToRow,
  type GoneReason,
  type PlainRow,
  type SchemaSource,
  type TableName,
} from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { RejoinFault } from '../device/fault.ts'
import { newUuid, type Host } from '../device/host.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { type LiveReadiness, type ReadinessParts, type Watched, watchReadiness } from '../readiness/watch.ts'
import { schemaOf } from '../replica/grant.ts'
import { keyOf } from '../replica/memory.ts'
import { grantIn } from '../replica/recording.ts'
import { type Counted, createCount, createCounts, type LiveCount, type LiveCounts } from './count.ts'
import { createLiveQuery, type LiveQuery } from './live-query.ts'
import type { LiveParts } from './live.ts'
import type { IncludingQuery, Query } from './query.ts'
import { type SaveOptions, tableNamed, type Values, type Wish } from './saving.ts'
import type { ChangesIn, ColumnIn, NewRowIn, QueryIn, RowIn, RowOf, ValueIn } from './typing.ts'
import { createLiveRecord, type LiveRecord } from './watch.ts'

/** One table on this device. Reads come from the device alone (LW1); saves resolve when they are durable here. */
export interface TableApi<S extends SchemaSource, T extends TableName<S>> {
  /**
   * @param values by column name; the primary key may be among them, and is made (UUIDv7) where it is not
   * @returns the new record's id, final from now on (LW7), when it is durable here
   * @throws RejoinFault `required`, `invalid`, `unknown-column`, `not-permitted`, `exists`, `not-ready`, `too-large`,
   * or StoreFault; then nothing was saved
   */
  create(values: NewRowIn<S, T>, options?: SaveOptions): Promise<string>
  /**
   * the record as its user sees it, own unsent edits in it; undefined while it is not here, or deleted. Costs no disk
   */
  get(id: string): RowIn<S, T> | undefined
  /**
   * changes the named columns, null clears; a value that is there already is no change. Resolves when it is durable
   * here
   * @throws RejoinFault `not-found`, `invalid`, `required`, `unknown-column`, `primary-key`, `not-permitted`,
   * `pinned`, `expired`, or StoreFault; then nothing was saved
   */
  update(id: string, values: ChangesIn<S, T>, options?: SaveOptions): Promise<void>
  /** resolves when it is durable here. @throws RejoinFault `not-found`, `not-permitted`, `pinned`, or StoreFault */
  delete(id: string): Promise<void>
  /**
   * a named action (`defineCommand`), given as itself or by name: its offline step shows at once, the relay's handler has
   * the last word. @throws RejoinFault, also where the step refuses; then nothing was saved
   */
  run<A>(command: Command<A>, id: string, args: ArgsOf<A>): Promise<void>
  run(command: string, id: string, args?: Values): Promise<void>
  /**
   * takes back all unsent work on a record; of what had left the device already, `late` tells if it came too late
   * @throws RejoinFault `settled` where there is none
   */
  undo(id: string): Promise<void>
  /**
   * the rows that match now and what they include, a list that stays true; to be closed when it is not shown any more
   * @throws RejoinFault `unknown-table`, `unknown-column`, `invalid`
   */
  query<const Q extends QueryIn<S, T>>(query?: Q): LiveQuery<RowOf<S, T, Q>>
  /** whether a record can be worked on without a network: it is here, with all that the profile relates to it */
  ready(id: string): LiveReadiness
  /** the same of everything a query selects ("is my day ready?"): its table has to be complete as well */
  readyAll(query?: Query): LiveReadiness
  /** how many match, without making rows of them. @throws RejoinFault `unknown-column`, `invalid` */
  count(counted?: Counted): LiveCount
  /** how many match, by the value of a column. @throws RejoinFault `unknown-column`, `invalid` */
  countBy<C extends ColumnIn<S, T>>(column: C, counted?: Counted): LiveCounts<ValueIn<S, T, C>>
  /** the record `get` reads, told of; undefined while it is not here */
  watch(id: string): LiveRecord<RowIn<S, T>>
  /** the "cloud offline" mark of a record with unsettled edits (OB2) */
  mark(id: string): 'pending' | 'error' | undefined
  /** why a record that was here is not any more (DS16), or cannot be read now (CA3) */
  missing(id: string): GoneReason | 'expired' | undefined
  /**
   * a record that left the profile stays readable for a while where it was created or edited here (DS15): until when, ms
   * since 1970. It is in no list and cannot be changed.
   */
  outOfScope(id: string): number | undefined
  /** the record, as `get` gives it. @throws RejoinFault `not-found` that says why it is not here (DS16) */
  open(id: string): RowIn<S, T>
}

export interface TableParts extends LiveParts, ReadinessParts {
  readonly act: (act: Act) => Promise<void>
  readonly host: Host
  readonly outbox: Outbox
}

export const createTable = (parts: TableParts, name: string): TableApi<SchemaSource, string> => {
  const { replica, act, outbox } = parts
  const put = (wish: Wish): Promise<void> => act({ do: 'save', wishes: [wish] })
  const get = (id: string): PlainRow | undefined => {
    const table = tableNamed(replica.present, name)
    const content = replica.view(keyOf({ table: name, id }))
    return content === undefined ? undefined : fieldsToRow(table, id, content.fields)
  }
  const missing = (id: string): GoneReason | 'expired' | undefined => {
    const key = keyOf({ table: name, id })
    if (replica.view(key) !== undefined) return undefined
    return replica.present.rows.get(key)?.gone ?? (replica.memory.meta.sealed === true ? 'expired' : undefined)
  }
  const checkTable = (): void => {
    if (replica.grant !== undefined) tableNamed(replica.present, name)
  }
  return {
    create: async (values, options) => {
      const wish = creation(parts, name, values)
      await put({ ...wish, ...options })
      return wish.id
    },
    get,
    update: (id, values, options) => put({ kind: 'update', table: name, id, values, ...options }),
    delete: id => put({ kind: 'delete', table: name, id }),
    run: (command: string | Pick<Command, 'name'>, id: string, args?: Values) => put(calling(name, command, id, args)),
    undo: id => act({ do: 'undo', table: name, id }),
    query: <const Q extends IncludingQuery>(query?: Q) => {
      checkTable()
      return createLiveQuery(parts, name, query ?? {}) as LiveQuery<RowOf<SchemaSource, string, Q>>
    },
    count: (counted = {}) => {
      checkTable()
      return createCount(parts, name, counted)
    },
    countBy: (column, counted = {}) => {
      checkTable()
      return createCounts(parts, name, column, counted)
    },
    watch: id => createLiveRecord(parts, name, id),
    ready: id => {
      checkTable()
      return watchReadiness(parts, name, { id })
    },
    readyAll: (query = {}) => watchReadiness(parts, name, createSelected(parts, name, query)),
    mark: id => outbox.mark(name, id),
    missing,
    outOfScope: id =>
      missing(id) === undefined ? replica.present.rows.get(keyOf({ table: name, id }))?.kept?.until : undefined,
    open: id => {
      const row = get(id)
      if (row === undefined) throw notFound(name, id, missing(id))
      return row
    },
  }
}

const createSelected = (parts: TableParts, name: string, query: Query): Watched => {
  const live = createLiveQuery(parts, name, query)
  return {
    ids: () => {
      const { grant } = parts.replica
      const key = grant === undefined ? undefined : schemaOf(grant).tables.get(name)?.primaryKey
      return key === undefined ? [] : live.current.map(row => String(row[key]))
    },
    subscribe: live.subscribe,
    close: live.close,
  }
}

const reasons: Readonly<Record<GoneReason | 'expired', string>> = {
  deleted: 'it was deleted',
  left: 'it is not in your offline profile any more',
  unknown: 'you may not read it any more, or it is no more',
  expired: 'the offline data of this device has expired',
}

const notFound = (table: string, record: string, why: GoneReason | 'expired' | undefined): RejoinFault =>
  new RejoinFault({
    code: 'not-found',
    message: `Record not found: ${why === undefined ? 'it was never on this device' : reasons[why]}`,
    ...(why === 'deleted'
      ? {}
      : { fix: why === 'expired' ? 'go online and let it synchronise' : 'look for it online' }),
    table,
    record,
  })

export const calling = (
  table: string,
  command: string | Pick<Command, 'name'>,
  id: string,
  args: Values = {},
): Extract<Wish, { kind: 'command' }> => ({
  kind: 'command',
  table,
  id,
  name: typeof command === 'string' ? command : command.name,
  args,
})

export const creation = (
  { replica, host }: Pick<TableParts, 'replica' | 'host'>,
  name: string,
  values: Values,
): Extract<Wish, { kind: 'create' }> => {
  const key = schemaOf(grantIn(replica.present)).tables.get(name)?.primaryKey
  const given = key === undefined ? undefined : values[key]
  return { kind: 'create', table: name, id: typeof given === 'string' ? given : newUuid(host), values }
}
