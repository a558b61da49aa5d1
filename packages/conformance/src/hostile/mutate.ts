import { createEncoder, toUint8Array, writeUint32, writeUint8Array } from 'lib0/encoding'
import * as prng from 'lib0/prng'
import { crc32 as zlibCrc32 } from './crc.ts'

/** Inputs no honest device makes, near enough to honest ones to get past the first checks. */

/** One to six changes: flipped bits, bytes replaced, inserted, removed, doubled, cut off, numbers blown up. */
export const mutate = (random: prng.PRNG, bytes: Uint8Array): Uint8Array => {
  let mutated = [...bytes]
  for (let changes = prng.int32(random, 1, 6); changes > 0; changes--) mutated = change(random, mutated)
  return new Uint8Array(mutated)
}

/** The same inside a frame, with a checksum that fits, so that the content is what must be refused. */
export const forge = (random: prng.PRNG, frame: Uint8Array): Uint8Array => {
  const body = mutate(random, frame.subarray(1, frame.length - 4))
  const encoder = createEncoder()
  writeUint8Array(encoder, frame.subarray(0, 1))
  writeUint8Array(encoder, body)
  writeUint32(encoder, 0)
  const forged = toUint8Array(encoder)
  new DataView(forged.buffer, forged.byteOffset).setUint32(forged.length - 4, zlibCrc32(forged.subarray(0, -4)))
  return forged
}

const change = (random: prng.PRNG, bytes: number[]): number[] => {
  if (bytes.length === 0) return [prng.int32(random, 0, 255)]
  const at = prng.int32(random, 0, bytes.length - 1)
  const byte = prng.int32(random, 0, 255)
  switch (prng.int32(random, 0, 7)) {
    case 0:
      return bytes.with(at, (bytes[at] ?? 0) ^ (1 << prng.int32(random, 0, 7)))
    case 1:
      return bytes.with(at, byte)
    case 2:
      return bytes.toSpliced(at, 0, byte)
    case 3:
      return bytes.toSpliced(at, 1)
    case 4:
      return bytes.toSpliced(at, 0, ...bytes.slice(at, at + prng.int32(random, 1, 12)))
    case 5:
      return bytes.slice(0, at)
    case 6:
      // a length or count of a thousand million
      return bytes.toSpliced(at, 1, 0xff, 0xff, 0xff, 0xff, 0x0f)
    default:
      return bytes.toSpliced(at, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)
  }
}
