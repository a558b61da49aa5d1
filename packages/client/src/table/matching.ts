import { type Content, type Fields, type Schema, type Table, wantedOf } from '@rejoin/profile'
import type { Touched } from '../replica/draft.ts'
import { askingOf, schemaOf } from '../replica/grant.ts'
import { keyFrom, keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import type { Indexes } from './indexes.ts'
import { joinedTables, reached } from './joins.ts'
import type { Conditions, Ground } from './where.ts'

/**
 * The records that match, kept up one by one: found once, then only those that changed are asked again, and those that
 * hang on one that did. `V` is what is kept of each, in a `Held`.
 */
export interface Matching<P, H> extends Moving {
  /** what matches now; undefined before there is a table to ask */
  look(): Found<P, H> | undefined
}

export interface Moving {
  /** @returns whether what is shown may be something else now */
  move(touched: Touched): boolean
  /** ms since 1970 at which it will, though nothing changes; undefined: never, or nobody has looked */
  readonly turns: number | undefined
  /** that moment has come */
  isOver(): boolean
}

export interface Found<P, H> {
  readonly plan: P
  readonly table: Table
  /** another one whenever it was found anew */
  readonly held: H
}

export interface Held<V> {
  get(id: string): V | undefined
  /** undefined: it matches no more */
  change(records: ReadonlyMap<string, V | undefined>): void
}

export interface Asked<V, P, H> {
  readonly table: string
  /** @throws RejoinFault */
  readonly plan: (ground: Ground, table: Table) => P
  /** `before`: what was kept of the record until now; where that says the same, the same again */
  readonly keep: (table: Table, id: string, fields: Fields, before: V | undefined) => V
  /** ids of the columns that `keep` looks at; where absent, all of them */
  readonly reads?: (table: Table) => readonly string[]
  readonly hold: (records: Map<string, V>, plan: P) => H
}

export interface MatchingParts {
  readonly replica: Reading
  readonly indexes: Indexes
  /** ms since 1970: conditions such as `today` are asked then */
  readonly now: () => number
}

/** @throws RejoinFault for a column, operator or value the table does not know */
export const createMatching = <V, P extends Conditions, H extends Held<V>>(
  { replica, indexes, now }: MatchingParts,
  { table, plan: planFor, keep, reads, hold }: Asked<V, P, H>,
): Matching<P, H> => {
  let planned: { readonly plan: P; readonly table: Table; readonly schema: Schema } | undefined
  let held: H | undefined
  /** so much has changed since that it is found again when somebody looks */
  let old = false
  const prefix = keyOf({ table, id: '' })

  const plan = (): typeof planned => {
    const { grant } = replica
    if (grant === undefined) return undefined
    const schema = schemaOf(grant)
    if (planned?.schema === schema) return planned
    const known = schema.tables.get(table)
    if (known === undefined) return undefined
    const asking = askingOf(grant, now())
    return (planned = { plan: planFor({ replica, indexes, schema, asking }, known), table: known, schema })
  }

  const find = (): H | undefined => {
    // Planned anew, so that today is today.
    planned = undefined
    const known = plan()
    if (known === undefined) return undefined
    const { matches, seek, columns } = known.plan
    const records = new Map<string, V>()
    const take = (id: string, { fields }: Content): void =>
      void records.set(id, keep(known.table, id, fields, held?.get(id)))
    const wanted = reads === undefined ? undefined : wantedOf([...(columns ?? []), ...reads(known.table)])
    const look = (id: string, content = replica.listed(prefix + id, wanted)): void => {
      if (content !== undefined && matches(content.fields, id)) take(id, content)
    }
    /** Of what does not match, no more is read than is asked of it. */
    const lookClosely = (id: string, { fields }: Content): void => {
      if (matches(fields, id)) take(id, replica.listed(prefix + id)!)
    }
    if (seek !== undefined) for (const id of indexes.ids(table, seek)) look(id)
    else if (wanted !== undefined || columns === undefined) replica.each(table, look, wanted)
    else replica.each(table, lookClosely, wantedOf(columns))
    return hold(records, known.plan)
  }

  /** The records that are to be asked again: those of the table, and those that hang on one of another. */
  const eachConcerned = (records: ReadonlySet<string>, { joins }: P, visit: (id: string) => void): void => {
    for (const key of records) if (key.startsWith(prefix)) visit(key.slice(prefix.length))
    if (joins.length > 0) reached(indexes, table, joins, byTable(records)).forEach(visit)
  }

  const isOver = (): boolean => {
    const turns = planned?.plan.turns
    return turns !== undefined && now() >= turns
  }

  const concerns = ({ records, tables, state }: Touched, joins: Conditions['joins']): boolean => {
    if (state) return true
    const asked = new Set([table, ...joinedTables(joins)])
    return [...asked].some(each => tables.has(each)) || [...records].some(key => asked.has(keyFrom(key).table))
  }

  plan()
  return {
    look: () => {
      if (held === undefined || old || isOver()) held = find()
      old = false
      const known = plan()
      return held === undefined || known === undefined ? undefined : { plan: known.plan, table: known.table, held }
    },
    move: touched => {
      const { records, tables, state } = touched
      if (records.size === 0 && tables.size === 0 && !state) return false
      const over = isOver()
      // What changes now is asked now: an hour that ends with this moment ends later than when the plan was made.
      if (planned?.plan.turns !== undefined) planned = undefined
      const known = plan()
      const joins = known?.plan.joins ?? []
      if (state || old || over || held === undefined || known === undefined || isWhole(tables, table, joins)) {
        old = true
        return over || concerns(touched, joins)
      }
      const before = held
      const { plan: asked, table: of } = known
      let changes: Map<string, V | undefined> | undefined
      eachConcerned(records, asked, id => {
        const content = replica.listed(prefix + id)
        const was = before.get(id)
        const is =
          content !== undefined && asked.matches(content.fields, id) ? keep(of, id, content.fields, was) : undefined
        if (is !== was) (changes ??= new Map<string, V | undefined>()).set(id, is)
      })
      if (changes !== undefined) held.change(changes)
      return changes !== undefined
    },
    get turns() {
      return planned?.plan.turns
    },
    isOver,
  }
}

const isWhole = (tables: ReadonlySet<string>, table: string, joins: Conditions['joins']): boolean =>
  tables.size > 0 && [table, ...joinedTables(joins)].some(each => tables.has(each))

/** Records by their keys, as ids by table. */
export const byTable = (records: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  for (const key of records) {
    const { table, id } = keyFrom(key)
    const ids = found.get(table)
    if (ids === undefined) found.set(table, new Set([id]))
    else ids.add(id)
  }
  return found
}
