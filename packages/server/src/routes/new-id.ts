/**
 * UUIDv7 (RFC 9562): 48 bits of time, then randomness, so that ids made later sort later to the millisecond.
 *
 * @param at ms since 1970
 * @param random at least 10 random bytes
 */
export const newId = (at: number, random: Uint8Array): string => {
  const time = at.toString(16).padStart(12, '0')
  const rest = Buffer.from(random.subarray(0, 10))
  rest[0] = (rest[0]! & 0x0f) | 0x70
  rest[2] = (rest[2]! & 0x3f) | 0x80
  const hex = rest.toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`
}
