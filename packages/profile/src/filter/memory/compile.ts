import type { Fields, Schema, Table } from '../../schema/schema.ts'
import type { Asking } from '../asking.ts'
import type { Condition, Filter, Link } from '../filter.ts'
import { domainOf, operandOf, valueIn, type Operand } from '../operand.ts'
import { type Probe, questionOf, type Scalar } from '../probe.ts'
import type { Rows } from './rows.ts'
import { type Comparable, comparableIn, testOf } from './test.ts'

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

/** A condition taken apart, for who keeps the values of a column: of any record, only what it holds in there decides. */
export interface ColumnTest {
  readonly operand: Operand
  /** the value of a record, in the form in which it compares */
  readonly comparable: (fields: Fields, id: string) => Comparable
  readonly holds: (value: Comparable) => boolean
  /** the values that alone can fulfil it, where it names them */
  readonly among: readonly Scalar[] | undefined
  /** it looks into texts, and does not compare values */
  readonly patterned: boolean
}

export const columnTest = (schema: Schema, table: string, condition: Condition, asking: Asking): ColumnTest => {
  const operand = columnOf(tableIn(schema, table), condition.column)
  const { probe, negated } = questionOf(operand, condition, asking)
  const comparable = comparableIn(domainOf(operand))
  const test = testOf(probe)
  return {
    operand,
    comparable: (fields, id) => comparable(valueIn(operand, fields, id)),
    holds: value => test(value) !== negated,
    among: negated ? undefined : namedBy(probe),
    patterned: probe.test === 'like',
  }
}

const namedBy = (probe: Probe): readonly Scalar[] | undefined => {
  if (probe.test === 'equal') return probe.to === undefined ? [] : [probe.to]
  return probe.test === 'among' ? probe.values : undefined
}

const compileCondition = ({ schema, asking }: Ground, table: Table, condition: Condition): Match => {
  const { comparable, holds } = columnTest(schema, table.name, condition, asking)
  return (fields, id) => holds(comparable(fields, id))
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
