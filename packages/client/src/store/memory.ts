import { checkChanges, copyValue } from './change.ts'
import { busyFault, closedFault, fullFault, takenFault } from './fault.ts'
import { shelves } from './store.ts'
import type { Shelf, Store, StoreChange, StoreFault, StoreValue } from './store.ts'
import { weightOfEntry } from './weight.ts'

/** Data that outlives the stores opened on it, as a disk outlives programs. */
export interface MemoryDisk {
  /** throws `StoreFault` busy while another store is open on it, unless it is shared */
  open(): Store
  /** what a killed program leaves behind: all that was committed, and no lock; its stores are gone */
  crash(): void
}

/**
 * `capacity`: bytes of keys and values it holds before commits reject with `full`. `shared`: open many times at once,
 * as the database of a browser is by its tabs
 */
export function createMemoryDisk({
  capacity = Infinity,
  shared = false,
}: { readonly capacity?: number; readonly shared?: boolean } = {}): MemoryDisk {
  const data = new Map<Shelf, Ordered>(shelves.map(shelf => [shelf, createOrdered()]))
  const room = { used: 0, capacity }
  const holders = new Set<object>()
  return {
    open() {
      if (holders.size > 0 && !shared) throw busyFault()
      const me = {}
      holders.add(me)
      const use = (shelf: Shelf): Ordered => {
        if (!holders.has(me)) throw closedFault()
        return shelfIn(data, shelf)
      }
      return {
        async get(shelf, key) {
          const kept = use(shelf).entries.get(key)
          return kept === undefined ? undefined : copyValue(kept.value)
        },
        async scan(shelf, range = {}) {
          const { entries, between } = use(shelf)
          const keys = between(range.from, range.to).slice(0, Math.max(0, range.limit ?? Infinity))
          return keys.map(key => [key, copyValue(entries.get(key)?.value ?? null)])
        },
        async commit(changes) {
          use('meta')
          checkChanges(changes)
          apply(data, room, changes)
        },
        async close() {
          holders.delete(me)
        },
      }
    },
    crash() {
      holders.clear()
    },
  }
}

/** A store that ends with the program: tests, private windows without a disk. */
export const openMemoryStore = (): Store => createMemoryDisk().open()

interface Kept {
  readonly value: StoreValue
  /** bytes, the key's among them */
  readonly size: number
}

interface Ordered {
  readonly entries: Map<string, Kept>
  set(key: string, kept: Kept | undefined): void
  between(from?: string, to?: string): string[]
}

/** A map that sorts its keys when they are asked for and have changed. */
function createOrdered(): Ordered {
  const entries = new Map<string, Kept>()
  let sorted: string[] | undefined = []
  return {
    entries,
    set(key, kept) {
      if (entries.has(key) !== (kept !== undefined)) sorted = undefined
      if (kept === undefined) entries.delete(key)
      else entries.set(key, kept)
    },
    between(from, to) {
      sorted ??= [...entries.keys()].toSorted((a, b) => (a < b ? -1 : 1))
      return sorted.slice(
        from === undefined ? 0 : placeOf(sorted, from),
        to === undefined ? undefined : placeOf(sorted, to),
      )
    },
  }
}

/** index of the first key that is not below `key` */
function placeOf(sorted: readonly string[], key: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

function shelfIn(data: ReadonlyMap<Shelf, Ordered>, shelf: Shelf): Ordered {
  const ordered = data.get(shelf)
  if (ordered === undefined) throw new TypeError(`no shelf named ${String(shelf)}`)
  return ordered
}

/** Applies in order and takes everything back, newest first, when there is no room for all of it. */
function apply(
  data: ReadonlyMap<Shelf, Ordered>,
  room: { used: number; capacity: number },
  changes: readonly StoreChange[],
): void {
  const replaced: { readonly ordered: Ordered; readonly key: string; readonly before: Kept | undefined }[] = []
  const used = room.used
  const takeBack = (why: StoreFault): never => {
    for (const { ordered, key, before } of replaced.toReversed()) ordered.set(key, before)
    room.used = used
    throw why
  }
  const set = (ordered: Ordered, key: string, after: Kept | undefined): void => {
    const before = ordered.entries.get(key)
    const growth = (after?.size ?? 0) - (before?.size ?? 0)
    ordered.set(key, after)
    replaced.push({ ordered, key, before })
    room.used += growth
    if (growth > 0 && room.used > room.capacity) takeBack(fullFault())
  }
  for (const change of changes) {
    if ('put' in change) set(shelfIn(data, change.put), change.key, keptOf(change.key, change.value, room))
    else if ('delete' in change) set(shelfIn(data, change.delete), change.key, undefined)
    else if ('add' in change) {
      const ordered = shelfIn(data, change.add)
      if (ordered.entries.has(change.key)) takeBack(takenFault())
      set(ordered, change.key, keptOf(change.key, change.value, room))
    } else {
      const ordered = shelfIn(data, change.clear)
      for (const key of ordered.between(change.from, change.to)) set(ordered, key, undefined)
    }
  }
}

/** Where there is room without end, nothing is measured. */
const keptOf = (key: string, value: StoreValue, { capacity }: { readonly capacity: number }): Kept => ({
  value: copyValue(value),
  size: capacity === Infinity ? 0 : weightOfEntry(key, value),
})
