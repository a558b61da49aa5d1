import { isRecordId } from '../schema/names.ts'
import type { Column, Fields, Table, Value } from '../schema/schema.ts'
import { checkValue, instantText, storedForm } from '../schema/values.ts'
import type { CompareOp, Condition, NullOp, SetOp, UserOp } from './filter.ts'
import { fold } from './fold.ts'

/** What a condition looks at: a column of the record, or its id, named as the primary key. */
export type Operand = { readonly kind: 'key' } | { readonly kind: 'column'; readonly column: Column }

export const operandOf = (table: Table, name: string): Operand | undefined => {
  if (name === table.primaryKey) return { kind: 'key' }
  const column = table.byName.get(name)
  return column === undefined ? undefined : { kind: 'column', column }
}

export const valueIn = (operand: Operand, fields: Fields, id: string): Value =>
  operand.kind === 'key' ? id : (fields[operand.column.id] ?? null)

const equality = ['eq', 'ne'] as const
const order = ['gt', 'ge', 'lt', 'le'] as const
const set = ['in', 'not-in'] as const
const presence = ['null', 'not-null'] as const
const people = [
  'eq-userid',
  'ne-userid',
  'eq-userteams',
  'eq-useroruserteams',
  'eq-businessid',
  'ne-businessid',
] as const

type Operator = CompareOp | SetOp | NullOp | UserOp
export const operators: ReadonlySet<string> = new Set<Operator>([
  ...equality,
  ...order,
  ...set,
  ...presence,
  ...people,
] satisfies Operator[])

/** Which operators make sense of an operand. Ids have no order; a list of choices is only there or not. */
export const operatorsFor = (operand: Operand): ReadonlySet<string> => {
  if (operand.kind === 'key') return ids
  switch (operand.column.type) {
    case 'guid':
    case 'lookup':
      return ids
    case 'boolean':
      return truths
    case 'choices':
      return presences
    case 'document':
      return none
    default:
      return ordered
  }
}

const ids: ReadonlySet<string> = new Set([...equality, ...set, ...presence, ...people])
const truths: ReadonlySet<string> = new Set([...equality, ...presence])
const presences: ReadonlySet<string> = new Set(presence)
const ordered: ReadonlySet<string> = new Set([...equality, ...order, ...set, ...presence])
const none: ReadonlySet<string> = new Set()

/** Why a value cannot stand in a condition on the operand. */
export const checkOperand = (operand: Operand, value: unknown): string | undefined => {
  if (value === null || value === undefined) return 'must be a value; null is asked for with null and not-null'
  if (operand.kind === 'key') return isRecordId(value) ? undefined : 'must be a record id'
  const { maxLength: _, ...column } = operand.column
  return checkValue(column, storedForm(column, value))
}

/** A value in the form in which two are compared; undefined is null, or nothing that column could hold. */
export type Comparable = string | number | boolean | undefined

export const comparableFor = (operand: Operand): ((value: Value) => Comparable) => {
  if (operand.kind === 'key') return text
  switch (operand.column.type) {
    case 'string':
    case 'text':
      return value => (typeof value === 'string' ? fold(value) : undefined)
    case 'integer':
    case 'number':
    case 'money':
      return value => (typeof value === 'number' ? value : undefined)
    case 'datetime':
      return instant
    case 'guid':
      return value => (typeof value === 'string' ? value.toLowerCase() : undefined)
    case 'date':
    case 'lookup':
      return text
    case 'boolean':
      return value => (typeof value === 'boolean' ? value : undefined)
    case 'choice':
      return value => (typeof value === 'string' || typeof value === 'number' ? value : undefined)
    case 'choices':
      // only ever asked whether there is one
      return value => (Array.isArray(value) ? true : undefined)
    case 'document':
      return () => undefined
  }
}

const text = (value: Value): Comparable => (typeof value === 'string' ? value : undefined)

const instant = (value: Value): Comparable => {
  if (typeof value !== 'string') return undefined
  const canonical = instantText(value)
  return canonical === undefined ? undefined : Date.parse(canonical)
}

/** Conditions on nothing but presence or the signed-in user carry no value. */
export const carriesValue = (condition: { readonly op: Condition['op'] }): boolean =>
  !(presence as readonly string[]).includes(condition.op) && !(people as readonly string[]).includes(condition.op)
