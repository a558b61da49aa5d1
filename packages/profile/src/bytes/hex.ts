const digits: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export const toHex = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += digits[byte]
  return text
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
