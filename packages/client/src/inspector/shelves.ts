import { type Shelf, shelves, type Store, type StoreValue } from '../store/store.ts'
import { weightOfEntry } from '../store/weight.ts'
import type { ShelfInspection, TableInspection } from './inspection.ts'

type Kept = Pick<TableInspection, 'pages' | 'overlay'>

export interface Weighed {
  readonly shelves: readonly ShelfInspection[]
  /** what is kept of a table */
  readonly of: (table: string) => Kept
}

/** Reads the whole store, a little at a time. What is written meanwhile is counted or not. */
export const weighStore = async (store: Store): Promise<Weighed> => {
  const tables = new Map<string, { pages: [number, number, number]; overlay: [number, number] }>()
  const keptOf = (key: string): { pages: [number, number, number]; overlay: [number, number] } => {
    const table = key.slice(0, key.indexOf('/'))
    const known = tables.get(table) ?? { pages: [0, 0, 0], overlay: [0, 0] }
    tables.set(table, known)
    return known
  }
  const weighed: ShelfInspection[] = []
  for (const shelf of shelves) {
    let entries = 0
    let bytes = 0
    await walk(store, shelf, (key, value) => {
      const weight = weightOfEntry(key, value)
      entries++
      bytes += weight
      if (shelf === 'page') {
        const { pages } = keptOf(key)
        pages[0]++
        pages[1] += Number((value as { readonly rows?: number }).rows ?? 0)
        pages[2] += weight
      }
      if (shelf === 'overlay') {
        const { overlay } = keptOf(key)
        overlay[0]++
        overlay[1] += weight
      }
    })
    weighed.push({ shelf, entries, bytes })
  }
  return {
    shelves: weighed,
    of: table => {
      const { pages, overlay } = tables.get(table) ?? { pages: [0, 0, 0], overlay: [0, 0] }
      return {
        pages: { count: pages[0], rows: pages[1], bytes: pages[2] },
        overlay: { rows: overlay[0], bytes: overlay[1] },
      }
    },
  }
}

/** entries read at once: pages are tens of kilobytes each */
const STEP = 64

const walk = async (store: Store, shelf: Shelf, visit: (key: string, value: StoreValue) => void): Promise<void> => {
  let from = ''
  for (;;) {
    const found = await store.scan(shelf, { from, limit: STEP })
    for (const [key, value] of found) visit(key, value)
    const last = found.at(-1)
    if (last === undefined || found.length < STEP) return
    // the next key there can be
    from = `${last[0]}\0`
  }
}
