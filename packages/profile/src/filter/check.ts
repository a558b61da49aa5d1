import type { Fault } from '../fault.ts'
import type { Schema, Table } from '../schema/schema.ts'
import type { Condition } from './filter.ts'
import { carriesValue, checkOperand, operandOf, operators, operatorsFor } from './operand.ts'

/** PR9 */
export const MOST_LEVELS = 3
export const MOST_CONDITIONS = 500

/**
 * What is wrong with a filter on a table, each fault with its path (`filter all[0].any[2], column status`).
 * Takes anything: filters come from files and consoles. A filter without faults compiles.
 */
export const checkFilter = (schema: Schema, table: string, filter: unknown): Fault[] => {
  const rows = schema.tables.get(table)
  const at = `table ${table}, filter`
  if (rows === undefined) return [{ code: 'unknown-table', at, message: `${table} is not a table of the schema` }]
  const faults: Fault[] = []
  let conditions = 0

  const visit = (part: unknown, path: string, levels: number): void => {
    const place = path === '' ? at : `${at} ${path}`
    if (!isPlain(part)) {
      faults.push({ code: 'shape', at: place, message: 'is neither a group nor a condition' })
      return
    }
    const group = (['all', 'any'] as const).find(key => key in part)
    if (group === undefined) {
      conditions += 1
      if (conditions <= MOST_CONDITIONS) faults.push(...conditionFaults(rows, part, place))
      else if (conditions === MOST_CONDITIONS + 1) {
        const message = `is condition ${conditions}; at most ${MOST_CONDITIONS} are allowed`
        faults.push({ code: 'too-many-conditions', at: place, message })
      }
      return
    }
    const members = part[group]
    if (!Array.isArray(members) || Object.keys(part).length > 1) {
      faults.push({ code: 'shape', at: place, message: `a group has one key, ${group}, with a list of its members` })
    } else if (levels === MOST_LEVELS) {
      // not descended into: the depth of what strangers send must not become the depth of our stack
      const message = `is group level ${levels + 1}; at most ${MOST_LEVELS} are allowed`
      faults.push({ code: 'too-deep', at: place, message })
    } else {
      members.forEach((member, index) => {
        visit(member, `${path}${path === '' ? '' : '.'}${group}[${index}]`, levels + 1)
      })
    }
  }
  visit(filter, '', 0)
  return faults
}

const conditionFaults = (table: Table, part: Readonly<Record<string, unknown>>, place: string): Fault[] => {
  const { column, op } = part
  if (typeof column !== 'string') return [{ code: 'shape', at: place, message: 'a condition names its column' }]
  const at = `${place}, column ${column}`
  const fault = (code: string, message: string): Fault[] => [{ code, at, message }]
  const operand = operandOf(table, column)
  if (operand === undefined) return fault('unknown-column', `is not a column of ${table.name}`)
  if (typeof op !== 'string' || !operators.has(op)) return fault('unknown-operator', `has no known operator`)
  if (!operatorsFor(operand).has(op)) {
    const type = operand.kind === 'key' ? 'primary key' : `${operand.column.type} column`
    return fault('operator', `${op} cannot be asked of a ${type}`)
  }
  const extra = Object.keys(part).filter(key => !['column', 'op', 'value'].includes(key))
  if (extra.length > 0) return fault('shape', `has the unknown key ${extra.join(', ')}`)
  if (!carriesValue({ op: op as Condition['op'] })) {
    return 'value' in part ? fault('value', `${op} takes no value`) : []
  }
  if (op !== 'in' && op !== 'not-in') {
    const wrong = checkOperand(operand, part['value'])
    return wrong === undefined ? [] : fault('value', `the value ${wrong}`)
  }
  if (!Array.isArray(part['value'])) return fault('value', `${op} takes a list of values`)
  return part['value'].flatMap((value: unknown, index): Fault[] => {
    const wrong = checkOperand(operand, value)
    return wrong === undefined ? [] : fault('value', `value ${index + 1} ${wrong}`)
  })
}

const isPlain = (part: unknown): part is Readonly<Record<string, unknown>> =>
  typeof part === 'object' && part !== null && !Array.isArray(part)
