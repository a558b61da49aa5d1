import type { Held } from './matching.ts'

/** What is kept of records, and of how many of them each: kept up with them. */
export interface Tally<V> extends Held<V> {
  readonly counts: ReadonlyMap<V, number>
}

export const createTally = <V>(records: Map<string, V>): Tally<V> => {
  const counts = new Map<V, number>()
  const count = (value: V, more: 1 | -1): void => {
    const sum = (counts.get(value) ?? 0) + more
    if (sum === 0) counts.delete(value)
    else counts.set(value, sum)
  }
  for (const value of records.values()) count(value, 1)
  return {
    counts,
    get: id => records.get(id),
    change: changes => {
      for (const [id, after] of changes) {
        const before = records.get(id)
        if (before !== undefined) count(before, -1)
        if (after === undefined) records.delete(id)
        else {
          records.set(id, after)
          count(after, 1)
        }
      }
    },
  }
}
