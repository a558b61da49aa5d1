import { byCodePoint, type Comparable, type Sought } from '@rejoin/profile'
import { placeOf } from './ordered.ts'

/**
 * The records of a table by the value of one column, in the form in which it compares. A change only notes whose value
 * is to be read again: what nobody asks costs next to nothing to keep.
 */
export interface ColumnIndex {
  /** each once, in no order */
  ids(sought: Sought): Iterable<string>
  /** how many those are about, told at little cost */
  size(sought: Sought): number
  /** what the record holds, and what it held before it changed last; nothing for a record that is not there */
  around(id: string): readonly Comparable[]
  changed(id: string): void
}

export interface Column {
  /** every record there is */
  each(visit: (id: string, value: Comparable) => void): void
  /** undefined: there is no such record */
  valueOf(id: string): { readonly value: Comparable } | undefined
}

/** Most values of ids and times are of one record: a set for each would cost more than the records. */
type Bucket = string | Set<string>

export const indexColumn = (column: Column): ColumnIndex => {
  const values = new Map<string, Comparable>()
  const buckets = new Map<Comparable, Bucket>()
  /** values in their order, from when a range is first asked for */
  let order: Comparable[] | undefined
  const dirty = new Set<string>()
  const before = new Map<string, Comparable>()

  const add = (id: string, value: Comparable): void => {
    values.set(id, value)
    const bucket = buckets.get(value)
    if (bucket === undefined) {
      buckets.set(value, id)
      if (value !== undefined) order?.splice(placeOf(order, value, compare), 0, value)
    } else if (typeof bucket === 'string') buckets.set(value, new Set([bucket, id]))
    else bucket.add(id)
  }

  const remove = (id: string, value: Comparable): void => {
    values.delete(id)
    const bucket = buckets.get(value)
    if (typeof bucket === 'object') bucket.delete(id)
    if (bucket !== id && sizeOf(bucket) > 0) return
    buckets.delete(value)
    if (value !== undefined) order?.splice(placeOf(order, value, compare), 1)
  }

  const settle = (): void => {
    for (const id of dirty) {
      const now = column.valueOf(id)
      if (values.has(id)) {
        const held = values.get(id)
        before.set(id, held)
        if (now !== undefined && now.value === held) continue
        remove(id, held)
      }
      if (now !== undefined) add(id, now.value)
    }
    dirty.clear()
  }

  const bucketsOf = (sought: Sought): readonly (Bucket | undefined)[] => {
    switch (sought.test) {
      case 'absent':
        return [buckets.get(undefined)]
      case 'equal':
        return sought.to === undefined ? [] : [buckets.get(sought.to)]
      case 'among':
        return [...new Set(sought.values)].map(value => buckets.get(value))
      case 'range':
        return inRange(sought).map(value => buckets.get(value))
    }
  }

  const inRange = ({ low, high }: Extract<Sought, { test: 'range' }>): readonly Comparable[] => {
    order ??= [...buckets.keys()].filter(value => value !== undefined).toSorted(compare)
    const from = low === undefined ? 0 : placeOf(order, low.value, low.open ? notAfter : compare)
    const to = high === undefined ? order.length : placeOf(order, high.value, high.open ? compare : notAfter)
    return order.slice(from, to)
  }

  column.each(add)
  return {
    ids: function* (sought) {
      settle()
      for (const bucket of bucketsOf(sought)) {
        if (typeof bucket === 'string') yield bucket
        else if (bucket !== undefined) yield* bucket
      }
    },
    size: sought => {
      settle()
      return bucketsOf(sought).reduce((sum, bucket) => sum + sizeOf(bucket), 0)
    },
    around: id => {
      settle()
      return [...(values.has(id) ? [values.get(id)] : []), ...(before.has(id) ? [before.get(id)] : [])]
    },
    changed: id => {
      if (dirty.size === 0) before.clear()
      dirty.add(id)
    },
  }
}

const sizeOf = (bucket: Bucket | undefined): number =>
  typeof bucket === 'object' ? bucket.size : bucket === undefined ? 0 : 1

/** Of values of one kind: nobody asks for a range of choices. */
const compare = (a: Comparable, b: Comparable): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : byCodePoint(String(a), String(b))

const notAfter = (a: Comparable, b: Comparable): number => compare(a, b) || -1
