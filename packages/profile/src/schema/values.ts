import { isRecordId } from './names.ts'
import type { Column } from './schema.ts'

/**
 * The stored form of each column type: one spelling per value, so that equality, hashes and SQL comparisons
 * agree everywhere. Apps may write more freely; `storedForm` brings their spelling to the stored one.
 *
 *     date       2026-03-01                      a real calendar date, no zone
 *     datetime   2026-03-01T08:00:00.000Z        UTC, exactly milliseconds
 *     guid       lower case                      lookup: a record id, told apart by case
 *     choices    no repeats, never empty         (empty is null)
 *     text       whole Unicode characters        neither lone surrogates nor NUL: UTF-8 and PostgreSQL lose them
 */
export const checkValue = (column: Column, value: unknown): string | undefined => {
  if (value === null) return undefined
  switch (column.type) {
    case 'guid':
      return typeof value === 'string' && guid.test(value) ? undefined : 'must be a lower-case guid'
    case 'lookup':
      return isRecordId(value) ? undefined : 'must be a record id: 1 to 64 of letters, digits and . _ : -'
    case 'string':
    case 'text':
      return checkText(value, column.maxLength)
    case 'integer':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? undefined : 'must be a whole number within 2^53'
    case 'number':
    case 'money':
      return Number.isFinite(value) && !Object.is(value, -0) ? undefined : 'must be a finite number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'date':
      return isDate(value) ? undefined : 'must be a calendar date YYYY-MM-DD'
    case 'datetime':
      return typeof value === 'string' && instantText(value) === value
        ? undefined
        : 'must be a UTC time YYYY-MM-DDThh:mm:ss.sssZ'
    case 'choice':
      return isChoice(column, value) ? undefined : 'is not one of the choices'
    case 'choices':
      return checkChoices(column, value)
    case 'document':
      return 'is a document, edited through its own editor and never part of the record'
  }
}

/** The stored spelling of what an app wrote; what cannot be brought to it is returned as it is, for `checkValue`. */
export const storedForm = (column: Column, value: unknown): unknown => {
  if (value === undefined) return null
  if (Object.is(value, -0)) return 0
  if (column.type === 'datetime' && typeof value === 'string') return instantText(value) ?? value
  if (column.type === 'guid' && typeof value === 'string') return value.toLowerCase()
  if (column.type === 'choices' && Array.isArray(value)) return value.length === 0 ? null : [...value]
  return value
}

export const isDate = (value: unknown): value is string =>
  typeof value === 'string' && date.test(value) && instantText(`${value}T00:00Z`) !== undefined

/** `YYYY-MM-DDThh:mm[:ss[.fraction]]Z` as `YYYY-MM-DDThh:mm:ss.sssZ`; finer than milliseconds is cut off. */
export const instantText = (text: string): string | undefined => {
  const parts = instant.exec(text)
  if (parts === null) return undefined
  const [, day = '', minute = '', second = '00', fraction = ''] = parts
  const canonical = `${day}T${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const at = Date.parse(canonical)
  // V8 reads 30 February as 2 March: only what comes back unchanged was a real date
  return Number.isFinite(at) && new Date(at).toISOString() === canonical ? canonical : undefined
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const date = /^\d{4}-\d{2}-\d{2}$/
const instant = /^(\d{4}-\d{2}-\d{2})T([01]\d:[0-5]\d|2[0-3]:[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?Z$/
const unstorable = /[\p{Surrogate}\0]/u

const checkText = (value: unknown, maxLength: number | undefined): string | undefined => {
  if (typeof value !== 'string') return 'must be text'
  if (maxLength !== undefined && value.length > maxLength) return `is longer than ${maxLength}`
  return unstorable.test(value) ? 'has half a character or a NUL in it' : undefined
}

const isChoice = (column: Column, value: unknown): boolean =>
  column.choices?.some(choice => choice.value === value) === true

const checkChoices = (column: Column, value: unknown): string | undefined => {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list of choices, or null for none'
  if (new Set(value).size !== value.length) return 'names a choice twice'
  return value.every(each => isChoice(column, each)) ? undefined : 'has something that is not one of the choices'
}
