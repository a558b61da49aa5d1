import {
  type Asking,
  checkFilter,
  columnsIn,
  compileFilter,
  type Filter,
  type Match,
  operatorKind,
  type Schema,
  type Seek,
  seekIn,
  turnOfFilter,
  type Value,
} from '@rejoin/profile'
import { refusedBy } from '../device/fault.ts'
import type { Reading } from '../replica/replica.ts'
import type { Indexes } from './indexes.ts'
import { type Join, joinsIn } from './joins.ts'
import type { ByColumn, Where, WhereLink } from './query.ts'

/** What conditions are answered with, at one moment. */
export interface Ground {
  readonly replica: Reading
  readonly indexes: Indexes
  readonly schema: Schema
  readonly asking: Asking
}

/** Conditions, ready to be asked of records. */
export interface Conditions {
  readonly matches: Match
  /** ids of the columns it looks at; undefined: at nothing */
  readonly columns: ReadonlySet<string> | undefined
  /** which records it is enough to ask; undefined: all of them */
  readonly seek: Seek | undefined
  /** the records that decide beside the one that is asked */
  readonly joins: readonly Join[]
  /** ms since 1970: from then on the answers are others, though nothing has changed; undefined: never */
  readonly turns: number | undefined
}

/** @throws RejoinFault for a column, operator or value the table does not know */
export const planWhere = ({ schema, asking, indexes }: Ground, table: string, where: Where = {}): Conditions => {
  const filter = filterOf(where)
  const [fault] = checkFilter(schema, table, filter)
  if (fault !== undefined) throw refusedBy(fault, table)
  if ('all' in filter && filter.all.length === 0) return everything
  return {
    columns: columnIdsIn(schema, table, filter),
    matches: compileFilter(schema, table, filter, asking, indexes.rows),
    seek: seekIn(schema, table, filter, asking),
    joins: joinsIn(filter),
    turns: turnOfFilter(table, filter, asking),
  }
}

const everything: Conditions = {
  matches: () => true,
  columns: undefined,
  seek: undefined,
  joins: [],
  turns: undefined,
}

const columnIdsIn = (schema: Schema, table: string, filter: Filter): ReadonlySet<string> => {
  const names = columnsIn(table, filter).get(table) ?? []
  return new Set([...names].flatMap(name => schema.tables.get(table)!.byName.get(name)?.id ?? []))
}

/**
 * Nothing but lists stands beside a group's name, which no condition by column may have. A table with columns named as
 * the parts of a link or a condition are is asked for them one by one, in a group.
 */
const filterOf = (where: Where): Filter => {
  if ('all' in where && isList(where.all)) return { ...where, all: where.all.map(filterOf) }
  if ('any' in where && isList(where.any)) return { ...where, any: where.any.map(filterOf) }
  if ('column' in where && 'op' in where) return where as Filter
  if (isLink(where)) {
    const { where: asked, ...link } = where
    return asked === undefined ? link : { ...link, where: filterOf(asked) }
  }
  const conditions = Object.entries(where as ByColumn).flatMap(([column, asked]) => conditionsOn(column, asked))
  return conditions.length === 1 ? conditions[0]! : { all: conditions }
}

const isList = (members: unknown): members is readonly Where[] => Array.isArray(members)

const isLink = (where: Where): where is WhereLink =>
  'link' in where && 'table' in where && 'from' in where && 'to' in where

const conditionsOn = (column: string, asked: ByColumn[string] | undefined): Filter[] => {
  if (asked === undefined) return []
  if (asked === null) return [{ column, op: 'null' }]
  if (typeof asked !== 'object' || Array.isArray(asked)) return [{ column, op: 'eq', value: asked as Value }]
  return Object.entries(asked).map(
    ([op, value]) => (value === true && carriesNone(op) ? { column, op } : { column, op, value }) as Filter,
  )
}

/** Conditions on nothing but presence, the signed-in user or a period carry no value: `{ today: true }`. */
const carriesNone = (op: string): boolean => {
  const kind = operatorKind(op)
  return kind === 'presence' || kind === 'user' || kind === 'period'
}
