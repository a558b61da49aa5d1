import { byCodePoint, type Comparable, type Sought } from '@rejoin/profile'
import { placeOf } from './ordered.ts'

/**
 * The records of a table by the value of one column, in the form in which it compares. It is made of plain lists, once;
 * which record holds what is kept from the first change on. A change only notes whose value is to be read again: what
 * nobody asks costs next to nothing to keep.
 */
export interface ColumnIndex {
  /** one more record, for who makes the index */
  add(id: string, value: Comparable): void
  /** what is found stays so until the next change */
  find(sought: Sought): Finding
  /** what the record holds, and what it held before it changed last; nothing for a record that is not there */
  around(id: string): readonly Comparable[]
  /** it may hold another value, be there no more, or for the first time */
  changed(id: string): void
}

/** Records that are found, before they are gone through. */
export interface Finding {
  readonly size: number
  /** each once, in no order */
  ids(): Iterable<string>
}

/** Most values of ids and times are of one record; a list becomes a set once a record leaves it. */
type Bucket = string | string[] | Set<string>

type Range = Extract<Sought, { test: 'range' }>

/** @param valueOf what a record holds now; undefined: there is no such record */
export const createColumnIndex = (valueOf: (id: string) => { readonly value: Comparable } | undefined): ColumnIndex => {
  const buckets = new Map<Comparable, Bucket>()
  let values: Map<string, Comparable> | undefined
  let order: Comparable[] | undefined
  let isRangeAsked = false
  const dirty = new Set<string>()
  const before = new Map<string, Comparable>()

  const add = (id: string, value: Comparable): void => {
    values?.set(id, value)
    const bucket = buckets.get(value)
    if (bucket === undefined) {
      buckets.set(value, id)
      if (value !== undefined) order?.splice(placeOf(order, value, compare), 0, value)
    } else if (typeof bucket === 'string') buckets.set(value, [bucket, id])
    else if (Array.isArray(bucket)) bucket.push(id)
    else bucket.add(id)
  }

  const remove = (id: string, value: Comparable): void => {
    values?.delete(id)
    const bucket = buckets.get(value)
    if (bucket !== undefined && typeof bucket !== 'string') {
      const rest = Array.isArray(bucket) ? new Set(bucket) : bucket
      rest.delete(id)
      if (rest !== bucket) buckets.set(value, rest)
      if (rest.size > 0) return
    }
    buckets.delete(value)
    if (value !== undefined) order?.splice(placeOf(order, value, compare), 1)
  }

  const settle = (): void => {
    if (dirty.size === 0) return
    const held = (values ??= valuesIn(buckets))
    for (const id of dirty) {
      const now = valueOf(id)
      if (held.has(id)) {
        const value = held.get(id)
        before.set(id, value)
        if (now !== undefined && now.value === value) continue
        remove(id, value)
      }
      if (now !== undefined) add(id, now.value)
    }
    dirty.clear()
  }

  const valuesOf = (sought: Sought): Iterable<Comparable> => {
    switch (sought.test) {
      case 'absent':
        return [undefined]
      case 'equal':
        return sought.to === undefined ? [] : [sought.to]
      case 'among':
        return new Set(sought.values)
      case 'range':
        return inRange(sought)
      case 'tested':
        return [...buckets.keys()].filter(sought.holds)
    }
  }

  /** To go through the values once takes less than to put them in order, which pays from the second range on. */
  const inRange = (range: Range): readonly Comparable[] => {
    if (!isRangeAsked) {
      isRangeAsked = true
      return [...buckets.keys()].filter(value => value !== undefined && isIn(range, value))
    }
    order ??= [...buckets.keys()].filter(value => value !== undefined).toSorted(compare)
    const { low, high } = range
    const from = low === undefined ? 0 : placeOf(order, low.value, low.open ? notAfter : compare)
    const to = high === undefined ? order.length : placeOf(order, high.value, high.open ? compare : notAfter)
    return order.slice(from, to)
  }

  return {
    add,
    find: sought => {
      settle()
      const found: Bucket[] = []
      for (const value of valuesOf(sought)) found.push(buckets.get(value) ?? [])
      return {
        size: found.reduce((sum, bucket) => sum + sizeOf(bucket), 0),
        ids: function* () {
          for (const bucket of found) {
            if (typeof bucket === 'string') yield bucket
            else yield* bucket
          }
        },
      }
    },
    around: id => {
      settle()
      values ??= valuesIn(buckets)
      return [...(values.has(id) ? [values.get(id)] : []), ...(before.has(id) ? [before.get(id)] : [])]
    },
    changed: id => {
      if (dirty.size === 0) before.clear()
      dirty.add(id)
    },
  }
}

const valuesIn = (buckets: ReadonlyMap<Comparable, Bucket>): Map<string, Comparable> => {
  const values = new Map<string, Comparable>()
  for (const [value, bucket] of buckets) {
    if (typeof bucket === 'string') values.set(bucket, value)
    else for (const id of bucket) values.set(id, value)
  }
  return values
}

const sizeOf = (bucket: Bucket): number =>
  typeof bucket === 'string' ? 1 : Array.isArray(bucket) ? bucket.length : bucket.size

/** Of values of one kind: nobody asks for a range of choices. */
const compare = (a: Comparable, b: Comparable): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : byCodePoint(String(a), String(b))

const notAfter = (a: Comparable, b: Comparable): number => compare(a, b) || -1

const isIn = ({ low, high }: Range, value: Comparable): boolean =>
  (low === undefined || (low.open ? notAfter : compare)(value, low.value) >= 0) &&
  (high === undefined || (high.open ? compare : notAfter)(value, high.value) < 0)
