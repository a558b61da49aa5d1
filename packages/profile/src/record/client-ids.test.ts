import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientId, IDS_PER_PREFIX, isPrefix, PREFIX_BITS, prefixOf } from './client-ids.ts'

const prefix = fc.integer({ min: 1, max: 2 ** PREFIX_BITS - 1 })

test('a record walks through all ids of all its prefixes, each once, and then there is none', () => {
  fc.assert(
    fc.property(fc.uniqueArray(prefix, { minLength: 1, maxLength: 3 }), prefixes => {
      const count = prefixes.length * IDS_PER_PREFIX
      const ids = Array.from({ length: count }, (_, index) => clientId(prefixes, index)!)
      expect(new Set(ids).size).toBe(count)
      expect(ids.every(id => Number.isSafeInteger(id) && prefixes.includes(prefixOf(id)))).toBe(true)
      expect(clientId(prefixes, count)).toBeUndefined()
    }),
    { numRuns: 20 },
  )
})

test.each([
  [1, true],
  [2 ** PREFIX_BITS - 1, true],
  [0, false],
  [2 ** PREFIX_BITS, false],
  [1.5, false],
  [-1, false],
  [Number.NaN, false],
])('%d is a prefix: %s', (value, is) => {
  expect(isPrefix(value)).toBe(is)
})
