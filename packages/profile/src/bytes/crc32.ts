/** CRC-32 (IEEE 802.3), eight bytes a step. Finds damage, proves nothing about origin. */
export const crc32 = (bytes: Uint8Array, start = 0, end: number = bytes.length): number => {
  let crc = ~0
  let at = start
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    crc =
      t7[low & 0xff]! ^
      t6[(low >>> 8) & 0xff]! ^
      t5[(low >>> 16) & 0xff]! ^
      t4[low >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}

/** A checksum as it is written: big-endian. */
export const crcAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0

const table = (previous?: Int32Array): Int32Array => {
  const next = new Int32Array(256)
  for (let n = 0; n < 256; n++) {
    if (previous !== undefined) {
      next[n] = (previous[n]! >>> 8) ^ t0[previous[n]! & 0xff]!
      continue
    }
    let crc = n
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    next[n] = crc
  }
  return next
}

const t0 = table()
const t1 = table(t0)
const t2 = table(t1)
const t3 = table(t2)
const t4 = table(t3)
const t5 = table(t4)
const t6 = table(t5)
const t7 = table(t6)
