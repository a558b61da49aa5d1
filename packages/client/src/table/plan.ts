import { type Column, fieldsToRow, type PlainRow, type Table } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import { kept, keptList } from '../observe/same.ts'
import { keyOf } from '../replica/memory.ts'
import type { Join } from './joins.ts'
import { orderOf } from './order.ts'
import type { Include, IncludeMany, IncludeOne, IncludingQuery, ShownRow } from './query.ts'
import { type Conditions, type Ground, planWhere } from './where.ts'

/** A query, ready to be asked at one moment. */
export interface Plan extends Conditions {
  readonly compare: (a: PlainRow, b: PlainRow) => number
  readonly limit: number
  readonly include: Including | undefined
}

/** What is included, ready to be laid beside rows. */
export interface Including {
  /** the records that are included, or say which are */
  readonly joins: readonly Join[]
  readonly turns: number | undefined
  /** `before`: what was shown of this row; what says the same in it is the same object again */
  show(row: PlainRow, before: ShownRow | undefined): ShownRow
}

const MOST_LEVELS = 3

/** @throws RejoinFault for a table, column, operator or value there is none of */
export const planQuery = (ground: Ground, table: Table, query: IncludingQuery, level = 0): Plan => {
  const conditions = planWhere(ground, table.name, query.where)
  const include = planInclude(ground, table, query.include, level)
  return {
    ...conditions,
    compare: orderOf(table, query.orderBy),
    limit: query.limit ?? Infinity,
    include,
    turns: earlier(conditions.turns, include?.turns),
  }
}

type Part = Omit<Including, 'show'> & { readonly show: (row: PlainRow, before: unknown) => ShownRow[string] }

const planInclude = (
  ground: Ground,
  table: Table,
  include: Include | undefined,
  level: number,
): Including | undefined => {
  const entries = Object.entries(include ?? {})
  if (entries.length === 0) return undefined
  if (level === MOST_LEVELS) throw wrong(table, `includes go ${MOST_LEVELS} levels deep at most`)
  const parts = entries.map(([name, asked]): readonly [string, Part] => {
    if (name === table.primaryKey || table.byName.has(name)) throw wrong(table, `${name} is a column of its own`)
    if (typeof asked === 'string') return [name, planOne(ground, table, { lookup: asked }, level)]
    return [name, 'table' in asked ? planMany(ground, table, asked, level) : planOne(ground, table, asked, level)]
  })
  return {
    joins: parts.flatMap(([, { joins }]) => joins),
    turns: parts.map(([, { turns }]) => turns).reduce(earlier),
    show: (row, before) => {
      const shown: Record<string, ShownRow[string]> = { ...row }
      for (const [name, part] of parts) shown[name] = part.show(row, before?.[name])
      return kept(before, shown)
    },
  }
}

const planOne = (ground: Ground, table: Table, { lookup, include }: IncludeOne, level: number): Part => {
  const targets = targetsOf(ground, table, lookup).map(target => ({
    target,
    inner: planInclude(ground, target, include, level + 1),
  }))
  if (targets.length === 0) throw wrong(table, `${lookup} leads to no table of the schema`)
  return {
    joins: targets.map(({ target, inner }) => ({
      table: target.name,
      from: target.primaryKey,
      to: lookup,
      joins: inner?.joins ?? [],
    })),
    turns: targets.map(({ inner }) => inner?.turns).reduce(earlier),
    show: (row, before) => {
      const id = row[lookup]
      if (typeof id !== 'string') return null
      for (const { target, inner } of targets) {
        const content = ground.replica.view(keyOf({ table: target.name, id }))
        if (content === undefined) continue
        const found = fieldsToRow(target, id, content.fields)
        return inner?.show(found, before as ShownRow) ?? kept(before as ShownRow, found)
      }
      return null
    },
  }
}

const planMany = (
  ground: Ground,
  table: Table,
  { table: name, lookup, ...query }: IncludeMany,
  level: number,
): Part => {
  const theirs = ground.schema.tables.get(name)
  if (theirs === undefined) {
    throw new RejoinFault({ code: 'unknown-table', message: `there is no table ${name}`, table: name })
  }
  if (!targetsOf(ground, theirs, lookup).includes(table))
    throw wrong(theirs, `${lookup} does not lead to ${table.name}`)
  const { matches, joins, turns, compare, limit, include } = planQuery(ground, theirs, query, level + 1)
  return {
    joins: [{ table: name, from: lookup, to: table.primaryKey, joins: [...joins, ...(include?.joins ?? [])] }],
    turns,
    show: (row, before) => {
      const held = new Map((before as readonly ShownRow[] | undefined)?.map(each => [each[theirs.primaryKey], each]))
      const rows: PlainRow[] = []
      for (const id of ground.indexes.holders(name, lookup, row[table.primaryKey] as string)) {
        const content = ground.replica.listed(keyOf({ table: name, id }))
        if (content !== undefined && matches(content.fields, id)) rows.push(fieldsToRow(theirs, id, content.fields))
      }
      const shown = rows
        .toSorted(compare)
        .slice(0, limit)
        .map(each => {
          const was = held.get(each[theirs.primaryKey]!)
          return include?.show(each, was) ?? kept(was, each)
        })
      return keptList(before as readonly ShownRow[] | undefined, shown)
    },
  }
}

/** The tables of the schema that a lookup leads to. @throws RejoinFault where the column is none */
const targetsOf = ({ schema }: Ground, table: Table, lookup: string): readonly Table[] => {
  const column: Column | undefined = table.byName.get(lookup)
  if (column === undefined) {
    const message = `${lookup} is not a column of ${table.name}`
    throw new RejoinFault({ code: 'unknown-column', message, table: table.name, column: lookup })
  }
  if (column.type !== 'lookup') throw wrong(table, `${lookup} is no lookup`)
  const names = column.targets ?? (column.target === undefined ? [] : [column.target])
  return names.flatMap(name => schema.tables.get(name) ?? [])
}

const wrong = (table: Table, message: string): RejoinFault =>
  new RejoinFault({ code: 'invalid', message: `include: ${message}`, table: table.name })

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)
