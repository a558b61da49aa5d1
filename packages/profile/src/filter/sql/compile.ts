import type { Schema, Table } from '../../schema/schema.ts'
import type { Asking } from '../asking.ts'
import type { Filter, Link } from '../filter.ts'
import { personKeys } from '../keys.ts'
import { operandOf, type Operand } from '../operand.ts'
import { questionOf } from '../probe.ts'
import type { Dialect } from './dialect.ts'
import { joined, sql, type Fragment } from './fragment.ts'

export interface SqlOptions {
  /** of the table's rows in the statement around; default `r` */
  readonly alias?: string
  /** which rows of a linked table may be looked at, e.g. by the person's rights; default all live ones */
  readonly visible?: (table: string, alias: string) => Fragment
}

/**
 * A filter as a condition on the rows of its table under an alias, for one person at one moment. The text depends on
 * the filter alone, so that one prepared statement serves everybody at any time; who asks and when are parameters.
 * It says nothing of the row's table or deletion: the statement around does. The filter must have passed `checkFilter`.
 */
export const filterSql = (
  schema: Schema,
  table: string,
  filter: Filter,
  asking: Asking,
  dialect: Dialect,
  { alias = 'r', visible }: SqlOptions = {},
): Fragment => compile({ schema, asking, dialect, visible }, { table: tableIn(schema, table), alias, depth: 0 }, filter)

interface Ground {
  readonly schema: Schema
  readonly asking: Asking
  readonly dialect: Dialect
  readonly visible: SqlOptions['visible'] | undefined
}

interface Place {
  readonly table: Table
  readonly alias: string
  /** of links around */
  readonly depth: number
}

const compile = (ground: Ground, place: Place, filter: Filter): Fragment => {
  if ('all' in filter) {
    const best = personal(ground.schema, place.table.name, filter.all)
    const parts = filter.all.map((member, index) => {
      const part = compile(ground, place, member)
      return best === -1 || best === index ? part : ground.dialect.beside(part)
    })
    return joined('and', parts)
  }
  if ('any' in filter) {
    const { table, alias } = place
    const parts = filter.any.map(member => {
      const part = compile(ground, place, member)
      return 'any' in member ? part : ground.dialect.part(table.name, alias, part)
    })
    return joined('or', parts)
  }
  if ('link' in filter) return compileLink(ground, place, filter)
  const operand = columnOf(place.table, filter.column)
  const { probe, negated } = questionOf(operand, filter, ground.asking)
  return complement(ground.dialect.probe(operand, place.alias, probe), negated)
}

/** The member that asks for the person's own rows: of a table of everybody's nothing else finds so few. */
const personal = (schema: Schema, table: string, members: readonly Filter[]): number =>
  members.findIndex(member => personKeys(schema, table, member)?.every(({ links }) => links.length === 0) === true)

/** Null is not true, so the complement of an unknown answer is yes. */
const complement = (fragment: Fragment, negated: boolean): Fragment =>
  negated ? sql`((${fragment}) is not true)` : fragment

/** As a set of ids: the engine may look the rows up by it, whichever side is smaller. */
const compileLink = (ground: Ground, { table, alias, depth }: Place, link: Link): Fragment => {
  const { dialect, schema, visible } = ground
  const related = tableIn(schema, link.table)
  const inner = `l${depth + 1}`
  const from = columnOf(related, link.from)
  const to = columnOf(table, link.to)
  const conditions = [
    dialect.isOf(related.name, inner),
    dialect.isLive(inner),
    dialect.isId(from, inner),
    ...(visible === undefined ? [] : [visible(related.name, inner)]),
    ...(link.where === undefined
      ? []
      : [compile(ground, { table: related, alias: inner, depth: depth + 1 }, link.where)]),
  ]
  const ids = sql`select ${dialect.selectedId(from, inner)} from ${dialect.from(inner)} where ${joined('and', conditions)}`
  const found = joined('and', [sql`${dialect.id(to, alias)} in (${ids})`, dialect.isId(to, alias)])
  return complement(found, link.link === 'not any')
}

const tableIn = (schema: Schema, name: string): Table => {
  const table = schema.tables.get(name)
  if (table === undefined) throw new Error(`the filter's table ${name} is not in the schema`)
  return table
}

const columnOf = (table: Table, name: string): Operand => {
  const operand = operandOf(table, name)
  if (operand === undefined) throw new Error(`the filter's column ${name} is not in ${table.name}`)
  return operand
}

/** `from ... where` of the live rows of a table that a filter selects: what a whole statement begins with. */
export const selectedFrom = (
  schema: Schema,
  table: string,
  filter: Filter,
  asking: Asking,
  dialect: Dialect,
  options: SqlOptions = {},
): Fragment => {
  const { alias = 'r' } = options
  const selected = filterSql(schema, table, filter, asking, dialect, options)
  const where = joined('and', [dialect.isOf(table, alias), dialect.isLive(alias), selected])
  return sql`from ${dialect.from(alias)} where ${where}`
}
