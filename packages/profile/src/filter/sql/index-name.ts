import { digest } from 'lib0/hash/sha256'
import { encodeUtf8 } from 'lib0/string'
import { domainOf, type Operand } from '../operand.ts'

/**
 * One name per table, column and way of comparing, within PostgreSQL's 63 characters. A column that changes its type gets
 * another index, not the old one under its name, and so does an engine that changes the form of what it indexes.
 */
export const indexName = (table: string, operand: Operand, form = ''): string => {
  const id = operand.kind === 'key' ? 'id' : operand.column.id
  const whole = encodeUtf8(`${table}.${id}:${domainOf(operand)}${form}`)
  const mark = Array.from(digest(whole).subarray(0, 6), byte => byte.toString(16).padStart(2, '0')).join('')
  return `${`record_${table}_${id}`.slice(0, 50)}_${mark}`
}
