import type { Fault } from '../fault.ts'
import type { Table } from '../schema/schema.ts'
import { checkValue, isDate } from '../schema/values.ts'
import {
  carriesValue,
  checkOperand,
  LONGEST_PATTERN,
  MOST_UNITS,
  MOST_VALUES,
  operandOf,
  operatorsFor,
  type Operand,
} from './operand.ts'
import { operatorKind } from './operators.ts'

/** What is wrong with one condition on a table. */
export const conditionFaults = (table: Table, part: Readonly<Record<string, unknown>>, place: string): Fault[] => {
  const { column, op, value } = part
  if (typeof column !== 'string') return [{ code: 'shape', at: place, message: 'a condition names its column' }]
  const at = `${place}, column ${column}`
  const fault = (code: string, message: string): Fault[] => [{ code, at, message }]
  const operand = operandOf(table, column)
  if (operand === undefined) return fault('unknown-column', `is not a column of ${table.name}`)
  if (typeof op !== 'string' || operatorKind(op) === undefined) {
    return fault('unknown-operator', `has no known operator`)
  }
  if (!operatorsFor(operand).has(op)) {
    const type = operand.kind === 'key' ? 'primary key' : `${operand.column.type} column`
    return fault('operator', `${op} cannot be asked of a ${type}`)
  }
  const extra = Object.keys(part).filter(key => !['column', 'op', 'value'].includes(key))
  if (extra.length > 0) return fault('shape', `has the unknown key ${extra.join(', ')}`)
  if (!carriesValue(op)) return 'value' in part ? fault('value', `${op} takes no value`) : []
  return valueFaults(operand, op, value).flatMap(message => fault('value', message))
}

const valueFaults = (operand: Operand, op: string, value: unknown): string[] => {
  const named = (wrong: string | undefined, what: string): string[] => (wrong === undefined ? [] : [`${what} ${wrong}`])
  switch (operatorKind(op)) {
    case 'list':
    case 'range': {
      if (!Array.isArray(value)) return [`${op} takes a list of values`]
      if (value.length > MOST_VALUES) return [`has ${value.length} values; at most ${MOST_VALUES} are allowed`]
      if (operatorKind(op) === 'range' && value.length !== 2)
        return [`${op} takes two values, the least and the greatest`]
      return value.flatMap((each, index) => named(checkOperand(operand, each), `value ${index + 1}`))
    }
    case 'pattern':
      return named(checkText(value), 'the pattern')
    case 'day':
      return isDate(value) ? [] : ['the value must be a calendar date YYYY-MM-DD']
    case 'count': {
      const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_UNITS
      return fits ? [] : [`the value must be a whole number from 1 to ${MOST_UNITS}`]
    }
    default:
      return named(checkOperand(operand, value), 'the value')
  }
}

const checkText = (value: unknown): string | undefined =>
  value === null || value === undefined
    ? 'must be text'
    : checkValue({ id: 'pattern', name: 'pattern', type: 'string', maxLength: LONGEST_PATTERN }, value)
