import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, toHex } from './hex.ts'

test('hex says what Node says and comes back unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      expect(fromHex(toHex(bytes))).toEqual(bytes)
    }),
  )
})

test.each(['a', 'zz', 'AB', '0 ', '0x00'])('%j is refused as hex', text => {
  expect(() => fromHex(text)).toThrow('not hex digits')
})
