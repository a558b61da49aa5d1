import type { Person } from '../profile/person.ts'
import type { Fields, Schema, Table, Value } from '../schema/schema.ts'
import type { Condition, Filter } from './filter.ts'
import { byCodePoint } from './fold.ts'
import { comparableFor, operandOf, valueIn, type Comparable } from './operand.ts'

/** Whether a record, given by its fields and id, is among the selected ones. */
export type Match = (fields: Fields, id: string) => boolean

/**
 * A filter as a function over records in memory, for one person. Null equals nothing and is never greater, less
 * or in; each negated operator is the exact complement of its positive one and so matches null (FI5). The filter
 * must have passed `checkFilter`: an unknown table or column is a bug here and throws.
 */
export const compileFilter = (schema: Schema, table: string, filter: Filter, person: Person): Match => {
  const rows = schema.tables.get(table)
  if (rows === undefined) throw new Error(`the filter's table ${table} is not in the schema`)
  return compile(rows, filter, person)
}

const compile = (table: Table, filter: Filter, person: Person): Match => {
  if ('all' in filter) {
    const members = filter.all.map(member => compile(table, member, person))
    return (fields, id) => members.every(member => member(fields, id))
  }
  if ('any' in filter) {
    const members = filter.any.map(member => compile(table, member, person))
    return (fields, id) => members.some(member => member(fields, id))
  }
  return compileCondition(table, filter, person)
}

const compileCondition = (table: Table, condition: Condition, person: Person): Match => {
  const operand = operandOf(table, condition.column)
  if (operand === undefined) throw new Error(`the filter's column ${condition.column} is not in ${table.name}`)
  const comparable = comparableFor(operand)
  const test = comparison(condition, comparable, person)
  return (fields, id) => test(comparable(valueIn(operand, fields, id)))
}

type Test = (value: Comparable) => boolean

const comparison = (condition: Condition, comparable: (value: Value) => Comparable, person: Person): Test => {
  const among = (values: readonly Value[]): Test => {
    const members = new Set(values.map(comparable))
    return value => value !== undefined && members.has(value)
  }
  switch (condition.op) {
    case 'null':
      return value => value === undefined
    case 'not-null':
      return value => value !== undefined
    case 'eq':
      return among([condition.value])
    case 'ne':
      return not(among([condition.value]))
    case 'in':
      return among(condition.value)
    case 'not-in':
      return not(among(condition.value))
    case 'eq-userid':
      return among([person.id])
    case 'ne-userid':
      return not(among([person.id]))
    case 'eq-userteams':
      return among(person.teams)
    case 'eq-useroruserteams':
      return among([person.id, ...person.teams])
    case 'eq-businessid':
      return among([person.unit ?? null])
    case 'ne-businessid':
      return not(among([person.unit ?? null]))
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return ordering(condition.op, comparable(condition.value))
  }
}

const ordering = (op: 'gt' | 'ge' | 'lt' | 'le', right: Comparable): Test => {
  switch (op) {
    case 'gt':
      return value => order(value, right) > 0
    case 'ge':
      return value => order(value, right) >= 0
    case 'lt':
      return value => order(value, right) < 0
    case 'le':
      return value => order(value, right) <= 0
  }
}

/** NaN, which is neither greater nor less nor equal, where either is null or they are of two kinds. */
const order = (left: Comparable, right: Comparable): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return byCodePoint(left, right)
  return Number.NaN
}

const not =
  (test: Test): Test =>
  value =>
    !test(value)
