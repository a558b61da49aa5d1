import fc from 'fast-check'
import { createEncoder, toUint8Array, writeAny } from 'lib0/encoding'
import { expect, test } from 'vitest'
import type { Value } from '../schema/schema.ts'
import { ByteFault, Reader } from './reader.ts'
import { MAX_ELEMENTS, readValue, sameValue } from './value.ts'

const encode = (value: unknown): Uint8Array => {
  const encoder = createEncoder()
  writeAny(encoder, value as never)
  return toUint8Array(encoder)
}

const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const text = fc.string({ unit: 'grapheme' })
const value: fc.Arbitrary<Value> = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(text, number), { maxLength: 12 }),
)

test('every value a column may hold reads as lib0 wrote it', () => {
  fc.assert(
    fc.property(value, written => {
      const reader = new Reader(encode(written))
      expect(readValue(reader)).toEqual(written)
      reader.end()
    }),
  )
})

test.each([
  ['undefined', undefined],
  ['an object', {}],
  ['a list in a list', [[1]]],
  ['an object in a list', [{}]],
  ['null in a list', [null]],
  ['a boolean in a list', [true]],
  ['bytes', new Uint8Array(3)],
  ['a big integer', 5n],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['101 elements', Array.from({ length: MAX_ELEMENTS + 1 }, () => 1)],
])('%s is no value of a column', (_, written) => {
  expect(() => readValue(new Reader(encode(written)))).toThrow(ByteFault)
})

test('100,000 lists in one another are refused at the second, whatever the stack', () => {
  const bytes = new Uint8Array(200_000)
  for (let i = 0; i < bytes.length; i += 2) bytes.set([117, 1], i)
  expect(() => readValue(new Reader(bytes))).toThrow(ByteFault)
})

test('two values are the same exactly when their JSON is, null being absence', () => {
  fc.assert(
    fc.property(fc.option(value, { nil: undefined }), fc.option(value, { nil: undefined }), (a, b) => {
      const json = (it: Value | undefined): string => JSON.stringify(it ?? null)
      expect(sameValue(a, b)).toBe(json(a) === json(b))
      expect(sameValue(a, structuredClone(a))).toBe(true)
    }),
  )
})

test.each<[Value | undefined, Value | undefined, boolean]>([
  [null, undefined, true],
  [0, -0, true],
  [1, '1', false],
  [0, null, false],
  ['', null, false],
  [[], null, false],
  [[1], 1, false],
  [['a', 'b'], ['a', 'b'], true],
  [['a', 'b'], ['b', 'a'], false],
  [['a'], ['a', 'b'], false],
])('%j and %j are the same: %s', (a, b, same) => {
  expect(sameValue(a, b)).toBe(same)
  expect(sameValue(b, a)).toBe(same)
})
