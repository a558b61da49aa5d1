import type { Fields, Schema } from '../schema/schema.ts'
import type { Asking } from './asking.ts'
import type { Condition, Filter, Link } from './filter.ts'
import { comparableIn } from './memory/test.ts'
import { domainOf, operandOf, valueIn } from './operand.ts'
import { operatorKind, positiveOf } from './operators.ts'
import { questionOf, type Scalar } from './probe.ts'

/**
 * A value of a row, or of a row linked to it, that says for whom a filter can select it at all. Whoever keeps people by
 * these values finds the few whose filter is worth asking, however many people there are:
 *
 *     { all: [{ column: 'resource', op: 'eq-userid' }, { column: 'begin', op: 'next-seven-days' }] }
 *     -> the row's resource; a person's is his id
 */
export interface PersonKey {
  /** to follow from the row, outermost first; none: the value is the row's own */
  readonly links: readonly Link[]
  /** of the row at the end of the links; undefined where it holds none */
  valueIn(fields: Fields, id: string): Scalar | undefined
  valuesFor(asking: Asking): readonly Scalar[]
}

/**
 * Where one of these keys is met, the filter may select the row for the person; where none is, it does not.
 *
 * @returns undefined where the filter offers none: it asks nothing of the person, or more than equality
 */
export const personKeys = (schema: Schema, table: string, filter: Filter): readonly PersonKey[] | undefined => {
  if ('any' in filter) {
    const parts = filter.any.map(member => personKeys(schema, table, member))
    return parts.length === 0 || parts.includes(undefined) ? undefined : parts.flatMap(keys => keys ?? [])
  }
  if ('all' in filter) {
    const parts = filter.all.flatMap(member => {
      const keys = personKeys(schema, table, member)
      return keys === undefined ? [] : [keys]
    })
    return parts.toSorted((a, b) => costOf(a) - costOf(b))[0]
  }
  if ('link' in filter) {
    const inside = filter.link === 'any' && filter.where ? personKeys(schema, filter.table, filter.where) : undefined
    return inside?.map(key => ({ ...key, links: [filter, ...key.links] }))
  }
  const key = keyOf(schema, table, filter)
  return key === undefined ? undefined : [key]
}

/** Links cost reads, and each key a look. */
const costOf = (keys: readonly PersonKey[]): number => keys.reduce((sum, { links }) => sum + 1 + 10 * links.length, 0)

const keyOf = (schema: Schema, table: string, condition: Condition): PersonKey | undefined => {
  const of = schema.tables.get(table)
  const operand = of === undefined ? undefined : operandOf(of, condition.column)
  if (operand === undefined || operatorKind(condition.op) !== 'user' || condition.op in positiveOf) return undefined
  const comparable = comparableIn(domainOf(operand))
  return {
    links: [],
    valueIn: (fields, id) => {
      const value = comparable(valueIn(operand, fields, id))
      return typeof value === 'object' ? undefined : value
    },
    valuesFor: asking => {
      const { probe } = questionOf(operand, condition, asking)
      if (probe.test === 'equal') return probe.to === undefined ? [] : [probe.to]
      return probe.test === 'among' ? probe.values : []
    },
  }
}
