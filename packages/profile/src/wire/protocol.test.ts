import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../bytes/crc32.ts'
import { toHex } from '../bytes/hex.ts'
import { decodeDown, decodeUp, downShape, encodeDown, encodeUp, FrameFault, PROTOCOL, upShape } from './protocol.ts'
import { downVectors, upVectors } from './vectors.fixture.ts'

const spec = readFileSync(fileURLToPath(new URL('../../SPEC.md', import.meta.url)), 'utf8')
const frames = [...upVectors.map(encodeUp), ...downVectors.map(encodeDown)]

describe('protocol', () => {
  it('has not changed its shapes without a new version', () => {
    const text = new TextEncoder().encode(`${upShape.text}\n${downShape.text}`)
    // A new number here needs a new PROTOCOL and a line in its history.
    expect({ version: PROTOCOL, shapes: crc32(text).toString(16) }).toEqual({ version: 2, shapes: '5e4bc8d6' })
  })

  it('reads back every kind of message as it was written', () => {
    for (const message of upVectors) expect(decodeUp(encodeUp(message))).toEqual(message)
    for (const message of downVectors) expect(decodeDown(encodeDown(message))).toEqual(message)
  })

  it('writes the bytes that SPEC.md prints', () => {
    for (const [index, message] of [...upVectors, ...downVectors].entries()) {
      expect(spec, message.type).toContain(toHex(frames[index]!))
    }
  })

  it('finds any flipped bit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.nat(), (frame, at) => {
        const damaged = frame.slice()
        damaged[Math.floor(at / 8) % frame.length]! ^= 1 << (at % 8)
        expect(() => decodeUp(damaged)).toThrow(FrameFault)
      }),
      { numRuns: 2_000 },
    )
  })

  it('answers another protocol version with a fault of its own', () => {
    const frame = encodeUp({ type: 'ping' }).slice()
    frame[0] = PROTOCOL + 1
    new DataView(frame.buffer).setUint32(frame.length - 4, crc32(frame, 0, frame.length - 4))
    expect(() => decodeUp(frame)).toThrow(expect.objectContaining({ kind: 'version' }))
  })

  it('takes no damaged content for a message even when the checksum fits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (frame, edits) => {
          const forged = frame.slice()
          const body = frame.length - 4
          for (const [at, byte] of edits) forged[1 + (at % (body - 1))] = byte
          new DataView(forged.buffer).setUint32(body, crc32(forged, 0, body))
          try {
            decodeUp(forged)
          } catch (fault) {
            expect(fault).toBeInstanceOf(FrameFault)
          }
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
