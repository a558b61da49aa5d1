import { isRecordId } from '../schema/names.ts'
import type { Column, Fields, Table, Value } from '../schema/schema.ts'
import { checkValue, storedForm } from '../schema/values.ts'
import { operatorKind, operatorsOfKind, type Operator } from './operators.ts'

/** What a condition looks at: a column of the record, or its id, named as the primary key. */
export type Operand = { readonly kind: 'key' } | { readonly kind: 'column'; readonly column: Column }

export const operandOf = (table: Table, name: string): Operand | undefined => {
  if (name === table.primaryKey) return { kind: 'key' }
  const column = table.byName.get(name)
  return column === undefined ? undefined : { kind: 'column', column }
}

export const valueIn = (operand: Operand, fields: Fields, id: string): Value =>
  operand.kind === 'key' ? id : (fields[operand.column.id] ?? null)

/**
 * How values of an operand compare. `text` is folded first; `plain` is text compared as it is stored: ids, dates and
 * UTC times, whose order is the order of their spelling.
 */
export type Domain = 'text' | 'plain' | 'number' | 'boolean' | 'choice' | 'choices' | 'document'

export const domainOf = (operand: Operand): Domain => {
  if (operand.kind === 'key') return 'plain'
  switch (operand.column.type) {
    case 'string':
    case 'text':
      return 'text'
    case 'integer':
    case 'number':
    case 'money':
      return 'number'
    case 'guid':
    case 'lookup':
    case 'date':
    case 'datetime':
      return 'plain'
    case 'boolean':
    case 'choice':
    case 'choices':
    case 'document':
      return operand.column.type
  }
}

/** Links join what holds ids. */
export const holdsId = (operand: Operand): boolean =>
  operand.kind === 'key' || operand.column.type === 'lookup' || operand.column.type === 'guid'

/** Which operators make sense of an operand. Ids have no order; a list of choices is there or not, or holds some. */
export const operatorsFor = (operand: Operand): ReadonlySet<string> => {
  if (operand.kind === 'key') return ids
  switch (operand.column.type) {
    case 'guid':
    case 'lookup':
      return ids
    case 'string':
    case 'text':
      return texts
    case 'boolean':
      return truths
    case 'integer':
    case 'choice':
      return languages
    case 'number':
    case 'money':
      return ordered
    case 'date':
      return days
    case 'datetime':
      return times
    case 'choices':
      return lists
    case 'document':
      return none
  }
}

const presence = operatorsOfKind('presence')
const people = operatorsOfKind('user').filter(op => op !== 'eq-userlanguage')
const sets: readonly Operator[] = ['in', 'not-in']
const none: ReadonlySet<string> = new Set()
const truths: ReadonlySet<string> = new Set<Operator>(['eq', 'ne', ...presence])
const lists: ReadonlySet<string> = new Set<Operator>(['contain-values', ...presence])
const ids: ReadonlySet<string> = new Set<Operator>(['eq', 'ne', ...sets, ...presence, ...people])
const order: readonly Operator[] = [...operatorsOfKind('compare'), ...sets, ...operatorsOfKind('range'), ...presence]
const ordered: ReadonlySet<string> = new Set(order)
const languages: ReadonlySet<string> = new Set([...order, 'eq-userlanguage'])
const texts: ReadonlySet<string> = new Set([...languages, ...operatorsOfKind('pattern')])
const times: ReadonlySet<string> = new Set<Operator>([
  ...order,
  ...operatorsOfKind('day'),
  ...operatorsOfKind('period'),
  ...operatorsOfKind('count'),
])
/** FI3: a day has neither hours nor minutes */
const days: ReadonlySet<string> = new Set([...times].filter(op => !op.endsWith('-hours') && !op.endsWith('-minutes')))

/** UTF-16 units of one text and values of one list; more is not a question but an attack. */
export const LONGEST_VALUE = 4000
export const LONGEST_PATTERN = 400
export const MOST_VALUES = 1000
export const MOST_UNITS: number = 2 ** 31 - 1

/** Why a value cannot stand in a condition on the operand. */
export const checkOperand = (operand: Operand, value: unknown): string | undefined => {
  if (value === null || value === undefined) return 'must be a value; null is asked for with null and not-null'
  if (operand.kind === 'key') return isRecordId(value) ? undefined : 'must be a record id'
  if (operand.column.type === 'choices') return checkValue(operand.column, [value])
  const { maxLength: _, ...column } = operand.column
  return checkValue({ ...column, maxLength: LONGEST_VALUE }, storedForm(column, value))
}

/** A value of a checked condition as records spell it. */
export const operandValue = (operand: Operand, value: Value): Value =>
  operand.kind === 'key' ? value : (storedForm(operand.column, value) as Value)

/** Conditions on presence, the signed-in user or a named period carry no value. */
export const carriesValue = (op: string): boolean => {
  const kind = operatorKind(op)
  return kind !== 'presence' && kind !== 'user' && kind !== 'period'
}
