import type { Fields, Schema, Table } from '../../schema/schema.ts'
import type { Asking } from '../asking.ts'
import type { Condition, Filter, Link } from '../filter.ts'
import { domainOf, operandOf, valueIn, type Operand } from '../operand.ts'
import { questionOf } from '../probe.ts'
import type { Rows } from './rows.ts'
import { comparableIn, testOf } from './test.ts'

/** Whether a record, given by its fields and id, is among the selected ones. */
export type Match = (fields: Fields, id: string) => boolean

/**
 * A filter as a function over records in memory, for one person at one moment: relative dates stand still in it. Links
 * are answered through `rows`. The filter must have passed `checkFilter`: an unknown table or column is a bug here
 * and throws, as does a link without rows to look at.
 */
export const compileFilter = (schema: Schema, table: string, filter: Filter, asking: Asking, rows?: Rows): Match =>
  compile({ schema, asking, rows }, tableIn(schema, table), filter)

interface Ground {
  readonly schema: Schema
  readonly asking: Asking
  readonly rows: Rows | undefined
}

const compile = (ground: Ground, table: Table, filter: Filter): Match => {
  if ('all' in filter) {
    const members = filter.all.map(member => compile(ground, table, member))
    return (fields, id) => members.every(member => member(fields, id))
  }
  if ('any' in filter) {
    const members = filter.any.map(member => compile(ground, table, member))
    return (fields, id) => members.some(member => member(fields, id))
  }
  return 'link' in filter ? compileLink(ground, table, filter) : compileCondition(ground, table, filter)
}

const compileCondition = ({ asking }: Ground, table: Table, condition: Condition): Match => {
  const operand = columnOf(table, condition.column)
  const { probe, negated } = questionOf(operand, condition, asking)
  const comparable = comparableIn(domainOf(operand))
  const test = testOf(probe)
  return (fields, id) => test(comparable(valueIn(operand, fields, id))) !== negated
}

const compileLink = (ground: Ground, table: Table, link: Link): Match => {
  const { rows } = ground
  if (rows === undefined) throw new Error(`the filter links to ${link.table}, but there are no rows to look at`)
  const operand = columnOf(table, link.to)
  const related = tableIn(ground.schema, link.table)
  columnOf(related, link.from)
  const where = link.where === undefined ? undefined : compile(ground, related, link.where)
  const negated = link.link === 'not any'
  return (fields, id) => {
    const value = valueIn(operand, fields, id)
    if (typeof value !== 'string') return negated
    for (const row of rows.where(related.name, link.from, value)) {
      if (where === undefined || where(row.fields, row.id)) return !negated
    }
    return negated
  }
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
