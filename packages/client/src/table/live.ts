import { type Fields, fieldsToRow, type PlainRow, saysTheSame, type Schema, type Table } from '@rejoin/profile'
import { createDerived, type Observable } from '../observe/observable.ts'
import { keptList } from '../observe/same.ts'
import type { Touched } from '../replica/draft.ts'
import { askingOf, schemaOf } from '../replica/grant.ts'
import { keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { createOrdered, type Ordered } from './ordered.ts'
import { type Plan, planQuery, type Query } from './query.ts'

/**
 * A query's result that stays true: told whenever it has become another one, here or by sync (LW9). Rows that say what
 * they said before are the same objects, and so is a list of the same rows.
 */
export interface LiveQuery<R> extends Observable<readonly R[]> {
  /** resolves when the first sync has completed, so that `current` is the whole answer */
  whenReady(options?: { readonly signal?: AbortSignal }): Promise<readonly R[]>
  /** not told any more; `current` stays as it is */
  close(): void
}

export interface LiveParts {
  readonly replica: Reading
  readonly whenReady: (options?: { readonly signal?: AbortSignal }) => Promise<unknown>
  /** ms since 1970: conditions such as `today` are asked then */
  readonly now: () => number
  readonly report: (error: unknown) => void
}

/** @throws RejoinFault for a column, operator or value the table does not know */
export const createLiveQuery = (
  { replica, whenReady, now, report }: LiveParts,
  table: string,
  query: Query,
): LiveQuery<PlainRow> => {
  const matching = createMatching(replica, now, table, query)
  matching.check()
  const derived = createDerived<readonly PlainRow[]>(before => matching.rows(before), report)
  const close = replica.touched.subscribe(touched => {
    if (matching.move(touched)) derived.stale()
  })
  return {
    get current() {
      return derived.current
    },
    subscribe: derived.subscribe,
    whenReady: async options => {
      await whenReady(options)
      return derived.current
    },
    close,
  }
}

interface Matching {
  /** @param before what it gave last; given again where it still says so */
  rows(before: readonly PlainRow[] | undefined): readonly PlainRow[]
  /** @returns whether the result may be another one */
  move(touched: Touched): boolean
  check(): void
}

interface Planned {
  readonly plan: Plan
  readonly table: Table
  readonly schema: Schema
}

/** by id; none where no row is another one */
type Moves = ReadonlyMap<string, PlainRow | undefined> | undefined

/** The matching rows, kept up record by record. */
const createMatching = (replica: Reading, now: () => number, table: string, query: Query): Matching => {
  let planned: Planned | undefined
  let found: Ordered<PlainRow> | undefined
  /** so much has changed since that it is found again when somebody looks */
  let old = false
  const prefix = keyOf({ table, id: '' })

  const plan = (): Planned | undefined => {
    const { grant } = replica
    if (grant === undefined) return undefined
    const schema = schemaOf(grant)
    const known = schema.tables.get(table)
    if (known === undefined) return undefined
    if (planned?.schema !== schema)
      planned = { plan: planQuery(schema, table, query, askingOf(grant, now())), table: known, schema }
    return planned
  }

  const rowOf = (
    { plan: { matches }, table: known }: Planned,
    id: string,
    fields: Fields,
    before = found?.get(id),
  ): PlainRow | undefined => {
    if (!matches(fields, id)) return undefined
    return before !== undefined && saysTheSame(known, before, fields) ? before : fieldsToRow(known, id, fields)
  }

  const find = (): Ordered<PlainRow> | undefined => {
    // Planned anew, so that today is today.
    planned = undefined
    const known = plan()
    if (known === undefined) return undefined
    const rows = new Map<string, PlainRow>()
    const { tests, matches, columns } = known.plan
    const look = (id: string, content = replica.listed(keyOf({ table, id }))): void => {
      const row = content === undefined ? undefined : rowOf(known, id, content.fields)
      if (row !== undefined) rows.set(id, row)
    }
    const among = replica.among(table, tests)
    if (among !== undefined) for (const id of among) look(id)
    else if (columns === undefined) replica.each(table, look)
    else replica.each(table, (id, { fields }) => (matches(fields, id) ? look(id) : undefined), columns)
    return createOrdered(rows, known.plan.compare, known.plan.limit)
  }

  /** The table's records among those that changed whose rows are others now. */
  const moved = (known: Planned, before: Ordered<PlainRow>, records: ReadonlySet<string>): Moves => {
    let rows: Map<string, PlainRow | undefined> | undefined
    for (const key of records) {
      if (!key.startsWith(prefix)) continue
      const id = key.slice(prefix.length)
      const content = replica.listed(key)
      const held = before.get(id)
      const row = content === undefined ? undefined : rowOf(known, id, content.fields, held)
      if (row !== held) (rows ??= new Map()).set(id, row)
    }
    return rows
  }

  return {
    check: () => void plan(),
    rows: before => {
      const anew = found === undefined || old
      if (anew) found = find()
      old = false
      const known = plan()
      const list = found === undefined || known === undefined ? [] : found.list
      // A list that was only moved, and not cut, is another one exactly where a row is.
      return anew || known?.plan.limit !== Infinity ? keptList(before, list) : list
    },
    move: ({ records, tables, state }) => {
      const known = plan()
      if (tables.has(table) || state || old || found === undefined || known === undefined) {
        old = true
        return tables.has(table) || state || [...records].some(key => key.startsWith(prefix))
      }
      const changes = moved(known, found, records)
      if (changes !== undefined) found.change(changes)
      return changes !== undefined
    },
  }
}
