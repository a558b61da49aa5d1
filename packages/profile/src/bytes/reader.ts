import { decodeUtf8 } from 'lib0/string'

/** Bytes that are not what they claim to be. Never carries the bytes. */
export class ByteFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ByteFault'
  }
}

/** No byte that counts can stand here; without an end, padding bytes would lead to 0 * Infinity. */
const OUT_OF_RANGE = 2 ** 54

/**
 * Reads lib0's encodings from bytes nobody vouches for: every length is checked against what is left
 * before anything is allocated, and nothing is read past the end of the view.
 */
export class Reader {
  readonly bytes: Uint8Array
  private position: number
  private readonly stop: number

  /** of a part, nothing beside it is read */
  constructor(bytes: Uint8Array, from = 0, to: number = bytes.length) {
    this.bytes = bytes
    this.position = from
    this.stop = to
  }

  get left(): number {
    return this.stop - this.position
  }

  get at(): number {
    return this.position
  }

  byte(): number {
    if (this.position >= this.stop) throw new ByteFault('unexpected end')
    return this.bytes[this.position++]!
  }

  /** lib0 varUint up to 2^53 - 1 */
  uint(): number {
    let value = this.byte()
    if (value < 0x80) return value
    value &= 0x7f
    for (let factor = 0x80; factor < OUT_OF_RANGE; factor *= 0x80) {
      const next = this.byte()
      value += (next & 0x7f) * factor
      if (value > Number.MAX_SAFE_INTEGER) break
      if (next < 0x80) return value
    }
    throw new ByteFault('integer out of range')
  }

  /** lib0 varInt: sign in the second bit of the first byte */
  int(): number {
    const first = this.byte()
    let value = first & 0x3f
    let factor = 0x40
    let more = first >= 0x80
    while (more) {
      const next = this.byte()
      value += (next & 0x7f) * factor
      if (value > Number.MAX_SAFE_INTEGER || factor >= OUT_OF_RANGE) throw new ByteFault('integer out of range')
      factor *= 0x80
      more = next >= 0x80
    }
    return (first & 0x40) === 0 ? value : -value
  }

  /** a count of things that take at least `least` bytes each */
  count(least = 1): number {
    const count = this.uint()
    if (count * least > this.left) throw new ByteFault('count exceeds the bytes that are left')
    return count
  }

  take(length: number): Uint8Array {
    const start = this.position
    this.skip(length)
    return this.bytes.subarray(start, this.position)
  }

  skip(length: number): void {
    if (length > this.left) throw new ByteFault('length exceeds the bytes that are left')
    this.position += length
  }

  /** a view into the bytes, not a copy */
  blob(): Uint8Array {
    return this.take(this.uint())
  }

  string(): string {
    const length = this.uint()
    // Short ASCII is nearly every value and id, and faster by hand than through a text decoder.
    if (length > SHORT || !this.isAscii(length)) return decode(this.take(length))
    const spelled = letters[length]!
    for (let i = 0; i < length; i++) spelled[i] = this.bytes[this.position + i]!
    this.position += length
    // In one go: text put together letter by letter is a rope, and looking up a rope costs more than making it.
    return String.fromCharCode.apply(undefined, spelled)
  }

  /** a string that is likely to come again, such as a column's id: the same as before is not made anew */
  name(): string {
    const from = this.position
    const length = this.uint()
    if (length > SHORT || !this.isAscii(length)) return decode(this.take(length))
    let place = length
    for (let i = 0; i < length; i++) place = (Math.imul(place, 31) + this.bytes[this.position + i]!) | 0
    place &= NAMES - 1
    const known = names[place]
    if (known !== undefined && this.spells(known, length)) {
      this.position += length
      return known
    }
    this.position = from
    return (names[place] = this.string())
  }

  /** past this text, where it is what stands here */
  passes(text: string): boolean {
    const from = this.position
    const length = this.uint()
    if (length <= this.left && this.spells(text, length)) {
      this.position += length
      return true
    }
    this.position = from
    return false
  }

  private spells(text: string, length: number): boolean {
    if (text.length !== length) return false
    for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== this.bytes[this.position + i]) return false
    return true
  }

  /** whether the next bytes are there, and ASCII */
  private isAscii(length: number): boolean {
    const end = this.position + length
    if (end > this.stop) return false
    for (let i = this.position; i < end; i++) if (this.bytes[i]! >= 0x80) return false
    return true
  }

  float32(): number {
    return viewOf(this.take(4)).getFloat32(0)
  }

  float64(): number {
    return viewOf(this.take(8)).getFloat64(0)
  }

  end(): void {
    if (this.left > 0) throw new ByteFault(`${this.left} bytes too many`)
  }
}

/** bytes up to which text is read by hand */
const SHORT = 64

/** of the text being read, by its length: kept, so that no text needs a view of its bytes */
const letters: readonly number[][] = Array.from({ length: SHORT + 1 }, (_, length) => Array.from({ length }, () => 0))

/** names read before, each in the one place its letters lead to; a power of two */
const NAMES = 1024
const names: (string | undefined)[] = Array.from({ length: NAMES })

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

const decode = (bytes: Uint8Array): string => {
  try {
    return decodeUtf8(bytes)
  } catch {
    throw new ByteFault('text is not UTF-8')
  }
}
