import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../bytes/crc32.ts'
import { ByteFault } from '../bytes/reader.ts'
import { contentIn, isSound, packEnvelope, revOf, unpackEnvelope } from './envelope.ts'
import { wantedOf } from './flat.ts'
import { freshDocument } from './fresh.ts'
import type { Confirmed } from './record.ts'

const hex16 = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(bytes => Buffer.from(bytes).toString('hex'))
const uuid = fc.uuid()
const device = fc.oneof(hex16, uuid, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))

const confirmed: fc.Arbitrary<Confirmed> = fc
  .record({
    rev: fc.oneof(fc.nat({ max: 1000 }), fc.maxSafeNat()),
    commit: hex16,
    ago: fc.nat(1000),
    incarnation: fc.option(hex16, { nil: undefined }),
    recent: fc.array(fc.tuple(fc.nat(1000), device, fc.oneof(uuid, device)), { maxLength: 8 }),
    columns: fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }), fc.nat(1000), { maxKeys: 6 }),
    settled: fc.dictionary(device, fc.maxSafeNat(), { maxKeys: 4 }),
    bytes: fc.uint8Array({ maxLength: 200 }),
  })
  .map(({ ago, ...part }) => {
    const since = (by: number): number => Math.max(0, part.rev - by)
    return {
      ...part,
      incarnation: part.incarnation ?? part.commit,
      changed: since(ago),
      recent: part.recent.map(([by, author, edit]) => ({ rev: since(by), device: author, edit })),
      columns: Object.fromEntries(Object.entries(part.columns).map(([column, by]) => [column, since(by)])),
    }
  })

test('what an envelope says is read without unpacking it, and no more of it than was asked for', () => {
  const fields = { title: 'Pump', hours: 2, note: 'long' }
  fc.assert(
    fc.property(confirmed, fc.nat(9), (record, offset) => {
      const envelope = packEnvelope({ ...record, bytes: freshDocument(fields, 512) })
      const page = new Uint8Array(envelope.length + 20).fill(0xee)
      page.set(envelope, offset)
      const end = offset + envelope.length
      expect(contentIn(envelope)).toEqual({ fields, deleted: false })
      expect(contentIn(page, offset, end)).toEqual({ fields, deleted: false })
      expect(contentIn(page, offset, end, wantedOf(['hours']))).toEqual({ fields: { hours: 2 }, deleted: false })
      expect([isSound(page, offset, end), revOf(page, offset, end)]).toEqual([true, record.rev])
      expect(isSound(page, offset, end + 1)).toBe(false)
    }),
  )
})

test('an envelope unpacks to what was packed, wherever its bytes lie', () => {
  fc.assert(
    fc.property(confirmed, fc.nat(9), (record, offset) => {
      const envelope = packEnvelope(record)
      const page = new Uint8Array(envelope.length + 20).fill(0xee)
      page.set(envelope, offset)
      const inside = page.subarray(offset, offset + envelope.length)
      for (const bytes of [envelope, inside]) {
        expect(isSound(bytes)).toBe(true)
        expect(unpackEnvelope(bytes)).toEqual(record)
        expect(revOf(bytes)).toBe(record.rev)
      }
      expect(packEnvelope(unpackEnvelope(envelope))).toEqual(envelope)
    }),
  )
})

test('any single flipped bit is found, and so is any cut', () => {
  fc.assert(
    fc.property(confirmed, record => {
      const envelope = packEnvelope(record)
      for (let bit = 0; bit < envelope.length * 8; bit++) {
        envelope[bit >> 3]! ^= 1 << (bit & 7)
        expect(isSound(envelope)).toBe(false)
        envelope[bit >> 3]! ^= 1 << (bit & 7)
      }
      expect(isSound(envelope)).toBe(true)
      for (let length = 0; length < envelope.length; length++) expect(isSound(envelope.subarray(0, length))).toBe(false)
    }),
    { numRuns: 10 },
  )
})

const sample: Confirmed = {
  rev: 7,
  commit: '00000000000000c1',
  changed: 5,
  incarnation: '00000000000000c1',
  recent: [{ rev: 5, edit: '01890000-0000-7000-8000-000000000001', device: '00000000000000a1' }],
  columns: { status: 5 },
  settled: { '00000000000000a1': 3 },
  bytes: Uint8Array.of(0, 0),
}

test('a damaged envelope is told, never read', () => {
  const envelope = packEnvelope(sample)
  envelope[20]! ^= 1
  expect(() => unpackEnvelope(envelope)).toThrow(ByteFault)
  expect(() => unpackEnvelope(new Uint8Array(0))).toThrow(ByteFault)
})

test('an envelope of another version names both versions', () => {
  const envelope = packEnvelope(sample)
  envelope[4] = 9
  new DataView(envelope.buffer, envelope.byteOffset).setUint32(0, crc32(envelope, 4))
  expect(() => unpackEnvelope(envelope)).toThrow('version 9, this program knows 1')
})

test('a commit or incarnation that is not 16 hex digits is a bug of the caller', () => {
  expect(() => packEnvelope({ ...sample, commit: '' })).toThrow('16 hex digits')
  expect(() => packEnvelope({ ...sample, incarnation: 'abcd' })).toThrow('16 hex digits')
})

test('the usual record costs about 60 bytes around its document', () => {
  expect(packEnvelope(sample).length - sample.bytes.length).toBeLessThan(70)
})
