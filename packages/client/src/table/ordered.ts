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

/**
 * @param compare ties are between rows of one id only
 * @param most rows of the list, from its beginning
 */
export const createOrdered = <R>(
  rows: Map<string, R>,
  compare: (a: R, b: R) => number,
  most: number = Infinity,
): Ordered<R> => {
  // Ours alone: what is handed out is a copy, made when somebody looks, so that rows further down cost nobody anything.
  let sorted: R[] | undefined
  let list: readonly R[] | undefined

  const move = (all: R[], held: R | undefined, row: R | undefined): void => {
    const at = held === undefined ? -1 : indexOf(all, held, compare)
    if (held !== undefined && row !== undefined && compare(held, row) === 0) all[at] = row
    else {
      if (held !== undefined) all.splice(at, 1)
      if (row !== undefined) all.splice(placeOf(all, row, compare), 0, row)
    }
  }

  return {
    get list() {
      sorted ??= [...rows.values()].toSorted(compare)
      return (list ??= sorted.slice(0, most))
    },
    get: id => rows.get(id),
    change: changes => {
      if (changes.size === 0) return
      list = undefined
      if (changes.size > MANY) sorted = undefined
      for (const [id, row] of changes) {
        if (sorted !== undefined) move(sorted, rows.get(id), row)
        if (row === undefined) rows.delete(id)
        else rows.set(id, row)
      }
    },
  }
}

/** Where no rule orders some of the values, a row may stand elsewhere than halving leads. */
const indexOf = <R>(sorted: readonly R[], row: R, compare: (a: R, b: R) => number): number => {
  const at = placeOf(sorted, row, compare)
  return sorted[at] === row ? at : sorted.indexOf(row)
}

/** index of the first row that does not come before `row` */
export const placeOf = <R>(sorted: readonly R[], row: R, compare: (a: R, b: R) => number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle]!, row) < 0) low = middle + 1
    else high = middle
  }
  return low
}
