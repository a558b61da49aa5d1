import { Temporal } from 'temporal-polyfill'
import type { Value } from '../../schema/schema.ts'
import type { Operand } from '../operand.ts'
import { operatorKind } from '../operators.ts'

/**
 * Values as FetchXML spells them: everything is text, truths are 1 and 0, guids may stand in braces, times may have an
 * offset. What is none of the column's values is handed on as text, for the check to name.
 */
export const valueOf = (operand: Operand, op: string, text: string): Value => {
  const kind = operatorKind(op)
  if (kind === 'count') return numberIn(text)
  if (kind === 'pattern') return text
  // the documented operators of days pay no heed to a time of day
  if (kind === 'day') return /^\d{4}-\d{2}-\d{2}T/.test(text) ? text.slice(0, 10) : text
  if (operand.kind === 'key') return withoutBraces(text)
  const { column } = operand
  switch (column.type) {
    case 'guid':
    case 'lookup':
      return withoutBraces(text)
    case 'integer':
    case 'number':
    case 'money':
      return numberIn(text)
    case 'boolean':
      return text === '1' || text === 'true' ? true : text === '0' || text === 'false' ? false : text
    case 'choice':
    case 'choices':
      return choiceIn(column.choices ?? [], text)
    case 'date':
      return /^\d{4}-\d{2}-\d{2}T00:00:00(\.0+)?Z?$/.test(text) ? text.slice(0, 10) : text
    case 'datetime':
      return inUtc(text)
    case 'string':
    case 'text':
    case 'document':
      return text
  }
}

const withoutBraces = (text: string): string =>
  text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1).toLowerCase() : text

const numberIn = (text: string): Value => (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text)

const choiceIn = (choices: readonly { readonly value: number | string }[], text: string): Value =>
  choices.find(({ value }) => String(value) === text)?.value ?? text

const inUtc = (text: string): string => {
  if (!/[+-]\d{2}:\d{2}$/.test(text)) return text
  try {
    return Temporal.Instant.from(text).toString({ fractionalSecondDigits: 3 })
  } catch {
    return text
  }
}

/** The other way; undefined where text could not be told apart or XML cannot carry it. */
export const textOf = (operand: Operand, value: Value): string | undefined => {
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
  const choices = operand.kind === 'key' ? [] : (operand.column.choices ?? [])
  const twins = choices.filter(choice => String(choice.value) === text).length > 1
  return twins || uncarried.test(text) ? undefined : text
}

// oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to write these
const uncarried = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/
