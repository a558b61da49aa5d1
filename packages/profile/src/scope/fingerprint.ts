/**
 * Fingerprints of sets of rows: the sum, lane by lane, of a 128-bit hash of (id, rev, column set) of each row.
 * Sums can be kept up row by row and compared part by part; within a timeline a revision fixes the content.
 * Not cryptographic: both sides are honest about their own rows or only fool themselves.
 */
export interface RowState {
  readonly id: string
  readonly rev: number
}

export interface Fingerprint {
  readonly lanes: Uint32Array
  rows: number
}

export const emptyFingerprint = (): Fingerprint => ({ lanes: new Uint32Array(4), rows: 0 })

export const addRow = (sum: Fingerprint, row: RowState, columnSet: string): void => {
  mix(row, columnSet)
  for (let lane = 0; lane < 4; lane++) sum.lanes[lane] = (sum.lanes[lane]! + hash[lane]!) >>> 0
  sum.rows++
}

export const fingerprintText = (sum: Fingerprint): string => {
  let text = ''
  for (const lane of sum.lanes) text += lane.toString(16).padStart(8, '0')
  return text
}

const hash = new Uint32Array(4)

/** Id, revision and column set as the words that are mixed; grows with the longest. */
let words = new Uint32Array(256)

const spell = ({ id, rev }: RowState, columnSet: string): number => {
  const count = id.length + 3 + columnSet.length
  if (count > words.length) words = new Uint32Array(count * 2)
  let at = 0
  for (let i = 0; i < id.length; i++) words[at++] = id.charCodeAt(i)
  words[at++] = 0x10000 + id.length
  words[at++] = rev >>> 0
  words[at++] = Math.floor(rev / 2 ** 32)
  for (let i = 0; i < columnSet.length; i++) words[at++] = columnSet.charCodeAt(i)
  return count
}

/** MurmurHash3's mixing over four lanes that feed one another. */
const mix = (row: RowState, columnSet: string): void => {
  const count = spell(row, columnSet)
  let a = 0x239b961b
  let b = 0xab0e9789 | 0
  let c = 0x38b34ae5
  let d = 0xa1e38b93 | 0
  for (let at = 0; at < count; at++) {
    a = (Math.imul(rotate(a ^ Math.imul(words[at]!, 0xcc9e2d51), 15), 0x1b873593) + b) | 0
    b = (Math.imul(rotate(b ^ a, 17), 0xe6546b64) + c) | 0
    c = (Math.imul(rotate(c ^ b, 19), 0x85ebca6b) + d) | 0
    d = (Math.imul(rotate(d ^ c, 13), 0xc2b2ae35) + a) | 0
  }
  hash[0] = finish(a ^ c)
  hash[1] = finish(b + d)
  hash[2] = finish(c ^ rotate(b, 7))
  hash[3] = finish(d + rotate(a, 11))
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

const finish = (word: number): number => {
  let end = word ^ (word >>> 16)
  end = Math.imul(end, 0x85ebca6b)
  end ^= end >>> 13
  end = Math.imul(end, 0xc2b2ae35)
  return (end ^ (end >>> 16)) >>> 0
}

/** 30 bits that place a row in the tree of parts, from its id alone: five levels of 64. */
export const placeOf = (id: string): number => {
  let place = 0x811c9dc5
  for (let i = 0; i < id.length; i++) place = Math.imul(place ^ id.charCodeAt(i), 0x01000193)
  return finish(place) >>> 2
}
