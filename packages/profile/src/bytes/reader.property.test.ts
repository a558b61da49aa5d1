import fc from 'fast-check'
import { createEncoder, type Encoder, toUint8Array, writeFloat32, writeFloat64 } from 'lib0/encoding'
import { writeVarInt, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import { expect, test } from 'vitest'
import { ByteFault, Reader } from './reader.ts'

/** Written by lib0 into the middle of a larger buffer, so that a reader that leaves its view meets other bytes. */
const written = (write: (encoder: Encoder) => void): Uint8Array => {
  const encoder = createEncoder()
  write(encoder)
  const bytes = toUint8Array(encoder)
  const room = new Uint8Array(bytes.length + 32).fill(0x7f)
  room.set(bytes, 16)
  return room.subarray(16, 16 + bytes.length)
}

const agrees = <T>(value: T, write: (encoder: Encoder) => void, read: (reader: Reader) => T): void => {
  const reader = new Reader(written(write))
  const got = read(reader)
  expect(got).toEqual(value)
  reader.end()
}

const uint = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.integer({ min: 0, max: 53 }).map(bits => Math.min(2 ** bits, Number.MAX_SAFE_INTEGER)),
  fc.constant(Number.MAX_SAFE_INTEGER),
)
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 50, maxLength: 90 }),
  fc.string({ unit: fc.constantFrom('a', '\uFEFF', '\0', 'é', '😀', '中'), maxLength: 80 }),
)

test('whole numbers read as lib0 wrote them, up to 2^53 - 1', () => {
  fc.assert(
    fc.property(uint, value =>
      agrees(
        value,
        e => writeVarUint(e, value),
        r => r.uint(),
      ),
    ),
  )
})

test('signed numbers read as lib0 wrote them, minus zero too', () => {
  fc.assert(
    fc.property(uint, fc.boolean(), (size, negative) => {
      const value = negative ? -size : size
      agrees(
        value,
        e => writeVarInt(e, value),
        r => r.int(),
      )
    }),
  )
})

test('text reads as lib0 wrote it, whatever its script or length', () => {
  fc.assert(
    fc.property(text, value =>
      agrees(
        value,
        e => writeVarString(e, value),
        r => r.string(),
      ),
    ),
  )
})

test('names read as text does, met before or not, also where thousands share the places they are kept in', () => {
  const name = fc.oneof(text, fc.stringMatching(/^[a-z]{1,3}$/))
  fc.assert(
    fc.property(fc.array(name, { maxLength: 200 }), values => {
      const bytes = written(e => values.forEach(value => writeVarString(e, value)))
      const [names, texts] = [new Reader(bytes), new Reader(bytes)]
      for (const _ of values) {
        const got = names.name()
        if (got !== texts.string()) throw new Error(`${JSON.stringify(got)} is not what was written`)
      }
      names.end()
    }),
  )
})

test('half a surrogate pair reads as the replacement character, as in Yjs', () => {
  agrees(
    'a\uFFFDb',
    e => writeVarString(e, 'a\uD83Db'),
    r => r.string(),
  )
})

test('floats and blobs read as lib0 wrote them', () => {
  fc.assert(
    fc.property(fc.double(), value =>
      agrees(
        value,
        e => writeFloat64(e, value),
        r => r.float64(),
      ),
    ),
  )
  fc.assert(
    fc.property(fc.float(), value =>
      agrees(
        value,
        e => writeFloat32(e, value),
        r => r.float32(),
      ),
    ),
  )
  fc.assert(
    fc.property(fc.uint8Array(), value =>
      agrees(
        value,
        e => writeVarUint8Array(e, value),
        r => r.blob(),
      ),
    ),
  )
})

const reads: readonly ((reader: Reader) => unknown)[] = [
  r => r.byte(),
  r => r.uint(),
  r => r.int(),
  r => r.count(2),
  r => r.blob(),
  r => r.string(),
  r => r.name(),
  r => r.float32(),
  r => r.float64(),
]

test('any sequence of reads over any bytes ends in a value or a ByteFault, never outside the view', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.nat(reads.length - 1), { maxLength: 12 }),
      (bytes, plan) => {
        const room = new Uint8Array(bytes.length + 64).fill(1)
        room.set(bytes, 32)
        const inside = new Reader(room.subarray(32, 32 + bytes.length))
        const alone = new Reader(bytes)
        for (const index of plan) {
          const [a, b] = [attempt(() => reads[index]!(inside)), attempt(() => reads[index]!(alone))]
          // What lies around the view makes no difference, so it was not read.
          expect(a).toEqual(b)
          expect(inside.at).toBe(alone.at)
          expect(inside.left).toBeGreaterThanOrEqual(0)
          expect(Number.isInteger(inside.at)).toBe(true)
          if (typeof a === 'number' && index <= 3) expect(Number.isSafeInteger(a)).toBe(true)
        }
      },
    ),
    { numRuns: 500 },
  )
})

const attempt = (read: () => unknown): unknown => {
  try {
    return read()
  } catch (fault) {
    if (!(fault instanceof ByteFault)) throw fault
    return fault.message
  }
}

test('a number padded without end is refused, not read as NaN', () => {
  const padded = new Uint8Array(400).fill(0x80)
  padded[399] = 0
  expect(() => new Reader(padded).uint()).toThrow(ByteFault)
  expect(() => new Reader(padded).int()).toThrow(ByteFault)
})

test.each([2 ** 53, 2 ** 60])('%d is refused as out of range', value => {
  const bytes: number[] = []
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const low = Number(rest & 127n)
    bytes.push(rest > 127n ? low | 128 : low)
    if (rest <= 127n) break
  }
  expect(() => new Reader(Uint8Array.from(bytes)).uint()).toThrow('out of range')
})

test('a claimed length or count beyond the bytes is refused before anything of that size exists', () => {
  const huge = written(e => writeVarUint(e, 2 ** 40))
  expect(() => new Reader(huge).blob()).toThrow('exceeds')
  expect(() => new Reader(huge).string()).toThrow('exceeds')
  expect(() => new Reader(huge).count()).toThrow('exceeds')
  expect(() => new Reader(Uint8Array.of(3, 0, 0, 0, 0, 0)).count(2)).toThrow('exceeds')
  expect(new Reader(Uint8Array.of(2, 0, 0, 0, 0)).count(2)).toBe(2)
})

test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])('the bytes %j are no text', bytes => {
  expect(() => new Reader(Uint8Array.of(bytes.length, ...bytes)).string()).toThrow('not UTF-8')
})

test('bytes that are left over are a fault', () => {
  expect(() => new Reader(Uint8Array.of(1)).end()).toThrow('1 bytes too many')
  new Reader(new Uint8Array(0)).end()
})
