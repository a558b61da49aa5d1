import { fieldsToRow, type PlainRow, type Schema, type Table } from '@rejoin/profile'
import { createDerived, type Observable } from '../observe/observable.ts'
import type { Touched } from '../replica/draft.ts'
import { askingOf, schemaOf } from '../replica/grant.ts'
import { keyFrom, keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { type Plan, planQuery, type Query } from './query.ts'

/** A query's result that stays true: told whenever a record of its table has changed, here or by sync (LW9). */
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
  const derived = createDerived(() => matching.rows(), report)
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

/** The matching rows by id, kept up record by record; sorted when somebody looks. */
const createMatching = (replica: Reading, now: () => number, table: string, query: Query): Matching => {
  let plan: { readonly plan: Plan; readonly table: Table; readonly schema: Schema } | undefined
  let found: Map<string, PlainRow> | undefined

  const planned = (): NonNullable<typeof plan> | undefined => {
    const { grant } = replica
    if (grant === undefined) return undefined
    const schema = schemaOf(grant)
    const known = schema.tables.get(table)
    if (known === undefined) return undefined
    if (plan?.schema !== schema)
      plan = { plan: planQuery(schema, table, query, askingOf(grant, now())), table: known, schema }
    return plan
  }

  const all = (): Map<string, PlainRow> => {
    const rows = new Map<string, PlainRow>()
    // Planned anew, so that today is today.
    plan = undefined
    const known = planned()
    if (known === undefined) return rows
    replica.each(table, (id, { fields }) => {
      if (known.plan.matches(fields, id)) rows.set(id, fieldsToRow(known.table, id, fields))
    })
    return rows
  }

  return {
    check: () => void planned(),
    rows: () => {
      found ??= all()
      const known = planned()
      if (known === undefined) return []
      const sorted = [...found.values()].toSorted(known.plan.compare)
      return sorted.length > known.plan.limit ? sorted.slice(0, known.plan.limit) : sorted
    },
    move: ({ records, tables, state }) => {
      const ids = [...records].map(keyFrom).filter(key => key.table === table)
      const known = planned()
      // Not looked at yet, or so much has changed: found again when somebody looks.
      if (tables.has(table) || state || found === undefined || known === undefined) {
        found = undefined
        return tables.has(table) || state || ids.length > 0
      }
      let moved = false
      for (const key of ids) {
        const content = replica.view(keyOf(key))
        const matches = content !== undefined && known.plan.matches(content.fields, key.id)
        moved = matches || found.delete(key.id) || moved
        if (matches) found.set(key.id, fieldsToRow(known.table, key.id, content.fields))
      }
      return moved
    },
  }
}
