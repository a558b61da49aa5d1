import { describe, expect, test } from 'vitest'
import type { Column, ColumnType } from './schema.ts'
import { checkValue, storedForm } from './values.ts'

const column = (type: ColumnType): Column => ({
  id: 'c',
  name: 'c',
  type,
  ...(type === 'string' || type === 'text' ? { maxLength: 5 } : {}),
  ...(type === 'choice' || type === 'choices'
    ? {
        choices: [
          { value: 1, label: 'One' },
          { value: 2, label: 'Two' },
          { value: 'x', label: 'X' },
        ],
      }
    : {}),
})

const guid = '0b8f6f0e-5d1c-4c6e-9c39-2f6f6b6c2c11'
const right: Readonly<Record<Exclude<ColumnType, 'document'>, readonly unknown[]>> = {
  guid: [guid],
  string: ['', 'abcde', 'ä\u{1f600}'],
  text: ['a\nb'],
  integer: [0, -7, Number.MAX_SAFE_INTEGER],
  number: [0.1, -3, Number.MAX_VALUE],
  money: [12.34],
  boolean: [true, false],
  date: ['2024-02-29', '0001-01-01', '9999-12-31'],
  datetime: ['2024-02-29T23:59:59.999Z'],
  choice: [1, 'x'],
  choices: [[1], [2, 'x']],
  lookup: [guid, 'REQ-2009:17.b_', 'a'],
}
const wrong: Readonly<Record<ColumnType, readonly unknown[]>> = {
  guid: [1, '', 'abc', guid.toUpperCase(), `${guid}0`],
  string: [1, 'abcdef', '\ud800', 'a\0', ['a']],
  text: [false, 'abcdef', '\udc00a'],
  integer: ['1', 1.5, 2 ** 53, Number.NaN, -0, 10n],
  number: ['1', Number.NaN, Infinity, -0, true],
  money: ['12', -Infinity],
  boolean: [0, 1, 'true'],
  date: ['2023-02-29', '2024-13-01', '2024-1-1', '2024-01-01T00:00:00.000Z', 20240101],
  datetime: ['2024-01-01', '2024-01-01T00:00:00Z', '2024-02-30T00:00:00.000Z', '2024-01-01T24:00:00.000Z', 0],
  choice: [3, '1', 'y', [1]],
  choices: [[], [1, 1], [3], 1, 'x'],
  lookup: ['', 'a/b', 'ä', 'a'.repeat(65), 5, ' a'],
  document: ['text', 1, {}],
}

describe('a stored value', () => {
  test.each(Object.entries(right))('of type %s is taken', (type, values) => {
    for (const value of values) expect(checkValue(column(type as ColumnType), value), String(value)).toBeUndefined()
  })
  test.each(Object.entries(wrong))('of type %s is refused with the reason', (type, values) => {
    for (const value of [...values, {}, undefined]) {
      expect(checkValue(column(type as ColumnType), value), String(value)).toMatch(/\w/)
    }
  })
  test('may always be null: whether one is required is not a question of its type', () => {
    for (const type of Object.keys(wrong)) expect(checkValue(column(type as ColumnType), null)).toBeUndefined()
  })
})

describe('the stored form', () => {
  const cases: readonly [ColumnType, unknown, unknown][] = [
    ['datetime', '2024-02-29T08:00Z', '2024-02-29T08:00:00.000Z'],
    ['datetime', '2024-02-29T08:00:01Z', '2024-02-29T08:00:01.000Z'],
    ['datetime', '2024-02-29T08:00:01.5Z', '2024-02-29T08:00:01.500Z'],
    ['datetime', '2024-02-29T08:00:01.123999Z', '2024-02-29T08:00:01.123Z'],
    ['guid', guid.toUpperCase(), guid],
    ['integer', -0, 0],
    ['choices', [], null],
    ['string', undefined, null],
  ]
  test.each(cases)('of a %s written as %s', (type, written, stored) => {
    expect(storedForm(column(type), written)).toBe(stored)
    expect(checkValue(column(type), stored)).toBeUndefined()
  })
  test('does not guess at zones: a time with an offset stays wrong', () => {
    expect(checkValue(column('datetime'), storedForm(column('datetime'), '2024-01-01T00:00:00+02:00'))).toMatch(/UTC/)
  })
})
