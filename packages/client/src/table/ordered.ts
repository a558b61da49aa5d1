/**
 * Rows by id, and in order once somebody has looked: from then on a few changes find their places by halving instead of
 * sorting all again. A list that was handed out never changes.
 */
export interface Ordered<R> {
  readonly list: readonly R[]
  get(id: string): R | undefined
  /** undefined: the row is there no more */
  change(rows: ReadonlyMap<string, R | undefined>): void
}

/** Changes at once from which on sorting costs less. */
const MANY = 64

/** @param compare ties are between rows of one id only */
export const createOrdered = <R>(rows: Map<string, R>, compare: (a: R, b: R) => number): Ordered<R> => {
  let list: readonly R[] | undefined

  const changedList = (before: readonly R[], changes: ReadonlyMap<string, R | undefined>): readonly R[] | undefined => {
    if (changes.size > MANY) return undefined
    const sorted = [...before]
    for (const [id, row] of changes) {
      const held = rows.get(id)
      if (held !== undefined) {
        // Looked for by itself: comparing rows reads them, and copying the list has cost as much already.
        const at = sorted.indexOf(held)
        if (row !== undefined && compare(held, row) === 0) {
          sorted[at] = row
          continue
        }
        sorted.splice(at, 1)
      }
      if (row !== undefined) sorted.splice(placeOf(sorted, row, compare), 0, row)
    }
    return sorted
  }

  return {
    get list() {
      return (list ??= [...rows.values()].toSorted(compare))
    },
    get: id => rows.get(id),
    change: changes => {
      if (list !== undefined) list = changedList(list, changes)
      for (const [id, row] of changes) {
        if (row === undefined) rows.delete(id)
        else rows.set(id, row)
      }
    },
  }
}

/** index of the first row that does not come before `row` */
const placeOf = <R>(sorted: readonly R[], row: R, compare: (a: R, b: R) => number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle]!, row) < 0) low = middle + 1
    else high = middle
  }
  return low
}
