import { type Bar, bars, meets } from './bars.ts'
import type { Side } from './sides.ts'

/**
 * Two sides, one run: round by round each side does the same work, the order turning over every round, so
 * that what else the machine does falls on both. A first round warms both up and is thrown away. Each
 * figure is the median of its rounds; the ratio is ours over the baseline's.
 */
export interface Measure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: number | null
  /** value / baseline; null where only one side has the figure */
  readonly ratio: number | null
  readonly bar: number | null
  readonly pass: boolean
}

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** One round's figures of one side. */
export type Work = (side: Side) => Promise<readonly Figure[]>

export interface Pair {
  readonly ours: Side
  /** absent when a side is measured alone */
  readonly baseline?: Side
}

export interface RoundOptions {
  readonly rounds: number
  /** default true */
  readonly warmUp?: boolean
  readonly onRound?: (done: number, of: number) => void
}

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const measure = async (pair: Pair, work: Work, options: RoundOptions): Promise<Measure[]> => {
  const ours: Figure[][] = []
  const theirs: Figure[][] = []
  const warmUp = options.warmUp === false ? 0 : 1
  const total = options.rounds + warmUp
  for (let round = 0; round < total; round++) {
    const turns = [
      { side: pair.ours, into: ours },
      ...(pair.baseline === undefined ? [] : [{ side: pair.baseline, into: theirs }]),
    ]
    if (round % 2 === 1) turns.reverse()
    for (const { side, into } of turns) {
      const figures = await work(side)
      if (round >= warmUp) into.push([...figures])
    }
    options.onRound?.(round + 1, total)
  }
  return settle(ours, theirs)
}

/** Rounds to measures, in the order the sides first named them; ours decide which exist. */
export const settle = (
  ours: readonly (readonly Figure[])[],
  theirs: readonly (readonly Figure[])[],
  barsOf: Readonly<Record<string, Bar>> = bars,
): Measure[] => {
  const named = new Map(ours.flat().map(figure => [figure.name, figure]))
  return [...named.values()].map(({ name, unit }) => {
    const value = medianOf(ours, name) ?? Number.NaN
    const baseline = medianOf(theirs, name)
    const ratio = baseline === null || baseline === 0 ? null : value / baseline
    const bar = barsOf[name]
    return {
      name,
      value,
      unit,
      baseline,
      ratio,
      bar: bar?.limit ?? null,
      pass: bar === undefined || meets(bar, value, ratio),
    }
  })
}

const medianOf = (rounds: readonly (readonly Figure[])[], name: string): number | null => {
  const values = rounds
    .flat()
    .filter(figure => figure.name === name)
    .map(figure => figure.value)
  return values.length === 0 ? null : median(values)
}
