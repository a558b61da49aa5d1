import { type Fields, fieldsToRow, type PlainRow, type Schema, type Table } from '@rejoin/profile'
import { createDerived, type Observable } from '../observe/observable.ts'
import { kept, keptList } from '../observe/same.ts'
import type { Touched } from '../replica/draft.ts'
import { askingOf, schemaOf } from '../replica/grant.ts'
import { keyFrom } from '../replica/memory.ts'
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
  const derived = createDerived<readonly PlainRow[]>(before => keptList(before, matching.rows()), report)
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
  rows(): readonly PlainRow[]
  /** @returns whether the result may be another one */
  move(touched: Touched): boolean
  check(): void
}

interface Planned {
  readonly plan: Plan
  readonly table: Table
  readonly schema: Schema
}

/** The matching rows, kept up record by record. */
const createMatching = (replica: Reading, now: () => number, table: string, query: Query): Matching => {
  let planned: Planned | undefined
  let found: Ordered<PlainRow> | undefined
  /** so much has changed since that it is found again when somebody looks */
  let old = false

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

  const rowOf = ({ plan: { matches }, table: known }: Planned, id: string, fields: Fields): PlainRow | undefined =>
    matches(fields, id) ? kept(found?.get(id), fieldsToRow(known, id, fields)) : undefined

  const find = (): Ordered<PlainRow> | undefined => {
    // Planned anew, so that today is today.
    planned = undefined
    const known = plan()
    if (known === undefined) return undefined
    const rows = new Map<string, PlainRow>()
    replica.each(table, (id, { fields }) => {
      const row = rowOf(known, id, fields)
      if (row !== undefined) rows.set(id, row)
    })
    return createOrdered(rows, known.plan.compare)
  }

  /** The table's records among those that changed, as they match now. */
  const moved = (known: Planned, records: ReadonlySet<string>): Map<string, PlainRow | undefined> => {
    const rows = new Map<string, PlainRow | undefined>()
    for (const key of records) {
      const { table: of, id } = keyFrom(key)
      if (of !== table) continue
      const content = replica.view(key)
      rows.set(id, content === undefined ? undefined : rowOf(known, id, content.fields))
    }
    return rows
  }

  return {
    check: () => void plan(),
    rows: () => {
      if (found === undefined || old) found = find()
      old = false
      const known = plan()
      if (found === undefined || known === undefined) return []
      const { list } = found
      return list.length > known.plan.limit ? list.slice(0, known.plan.limit) : list
    },
    move: ({ records, tables, state }) => {
      const known = plan()
      if (tables.has(table) || state || old || found === undefined || known === undefined) {
        old = true
        return tables.has(table) || state || [...records].some(key => keyFrom(key).table === table)
      }
      const changes = moved(known, records)
      for (const [id, row] of changes) if (row === found.get(id)) changes.delete(id)
      found.change(changes)
      return changes.size > 0
    },
  }
}
