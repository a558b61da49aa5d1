import * as prng from 'lib0/prng'

/** Randomness of one world: every stream follows from the seed and a name, so that parts do not disturb each other. */
export interface Chance {
  /** a whole number in [0, below) */
  below(below: number): number
  bytes(length: number): Uint8Array
}

export const createChance = (seed: number, name: string): Chance => {
  const generator = prng.create(mixed(seed, name))
  return {
    below: below => (below <= 1 ? 0 : prng.uint32(generator, 0, below - 1)),
    bytes: length => Uint8Array.from({ length }, () => prng.uint32(generator, 0, 255)),
  }
}

const mixed = (seed: number, name: string): number => {
  let hash = (seed ^ 0x9e3779b9) >>> 0
  for (const unit of name) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193) >>> 0
  return hash
}

/** One of them, by a raw random number. */
export const pick = <T>(from: readonly T[], raw: number): T => {
  if (from.length === 0) throw new Error('nothing to pick from')
  return from[raw % from.length]!
}

/** One name by weight, by a raw random number. */
export const weighted = <T extends string>(weights: Readonly<Record<T, number>>, raw: number): T => {
  const entries = Object.entries(weights) as [T, number][]
  let left = raw % entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    if (left < weight) return name
    left -= weight
  }
  throw new Error('unreachable')
}
