const digits: readonly number[] = Array.from('0123456789abcdef', digit => digit.charCodeAt(0))

/** bytes that one call takes as its arguments, and no stack is too small for */
const SHORT = 1024

/** In one go: text put together digit by digit is a rope, and looking up a rope costs more than making it. */
export const toHex = (bytes: Uint8Array): string => {
  if (bytes.length > SHORT) return toHex(bytes.subarray(0, SHORT)) + toHex(bytes.subarray(SHORT))
  const codes: number[] = []
  for (let n = 0; n < bytes.length; n++) codes.push(digits[bytes[n]! >> 4]!, digits[bytes[n]! & 15]!)
  return String.fromCharCode.apply(undefined, codes)
}

/** @returns undefined where the text is not pairs of lower-case hex digits */
export const hexBytes = (text: string): Uint8Array | undefined => {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    const byte = (digitOf(text.charCodeAt(i * 2)) << 4) | digitOf(text.charCodeAt(i * 2 + 1))
    if (byte < 0) return undefined
    bytes[i] = byte
  }
  return bytes
}

/** @throws when the text is not pairs of lower-case hex digits (a bug of the caller) */
export const fromHex = (text: string): Uint8Array => {
  const bytes = hexBytes(text)
  if (bytes === undefined) throw new Error('not hex digits')
  return bytes
}

/** -1 where the character is no digit: it stays negative through the shift above. */
const digitOf = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}
