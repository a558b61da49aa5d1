import * as prng from 'lib0/prng'

/** Everything random in the sample comes from one of these: one seed, the same world. */
export interface Dice {
  /** whole number from `low` to `high`, both included */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  guid(): string
}

export const dice = (seed: number): Dice => {
  const generator = prng.create(seed)
  const between = (low: number, high: number): number => prng.int53(generator, low, high)
  return {
    between,
    chance: probability => prng.real53(generator) < probability,
    pick: from => prng.oneOf(generator, [...from]),
    guid: () => {
      const hex = (digits: number): string =>
        between(0, 16 ** digits - 1)
          .toString(16)
          .padStart(digits, '0')
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[between(0, 3)]}${hex(3)}-${hex(12)}`
    },
  }
}

export const minute = 60_000
export const day = 86_400_000
export const dateText = (at: number): string => new Date(at).toISOString().slice(0, 10)
export const timeText = (at: number): string => new Date(at).toISOString()
