import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0))

test.each([
  ['', 0x00000000],
  ['a', 0xe8b7be43],
  ['abc', 0x352441c2],
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('the checksum of %j is the published one', (text, expected) => {
  expect(crc32(ascii(text))).toBe(expected)
})

test('32 zeros and 32 ones give the published checksums', () => {
  expect(crc32(new Uint8Array(32))).toBe(0x190a55ad)
  expect(crc32(new Uint8Array(32).fill(0xff))).toBe(0xff6cab0b)
})

test('eight bytes a step give what one bit a step gives, for every part of the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(70), (bytes, a, b) => {
      const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
      expect(crc32(bytes, start, end)).toBe(bitwise(bytes.subarray(start, end)))
    }),
  )
})

const bitwise = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc = (crc ^ byte) >>> 0
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0)
    crc >>>= 0
  }
  return (crc ^ 0xffffffff) >>> 0
}
