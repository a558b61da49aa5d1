import { ByteFault, eachRow, isSound, type Outcome, toHex } from '@rejoin/profile'
import type { FormDraft } from '../drafts/form-draft.ts'
import type { Entry } from '../outbox/outbox-state.ts'
import type { Pin, Pinned } from '../pins/pin.ts'
import type { Shelf, Store, StoreValue } from '../store/store.ts'
import type { Conflicted } from './conflicted.ts'
import { type Grant, grantStored } from './grant.ts'
import { metaKeys, pagesOf, rowFromStored, type StoredRow } from './keys.ts'
import {
  type App,
  appOf,
  type Authored,
  keyFrom,
  keyOf,
  type Memory,
  type Meta,
  readableIn,
  type Row,
  rowIn,
  type TableState,
} from './memory.ts'

/**
 * Reads a whole store into memory. What is damaged counts as missing: reconciliation brings it again.
 * @param known rows that are known to be as the store has them, where somebody has followed it
 */
export const loadMemory = async (
  store: Store,
  random: (length: number) => Uint8Array,
  app: App = appOf({}),
  known?: Pick<Memory, 'rows' | 'damaged'>,
): Promise<Memory> => {
  const meta = await loadMeta(store, random)
  const tables = await loadTables(store)
  const { rows, damaged } = known ?? (await loadRows(store, tables))
  const staged = new Map<string, Map<string, Row>>()
  for (const [table, state] of tables) {
    if (state.state === 'partial') staged.set(table, (await loadPages(store, table, state.generation)).rows)
  }
  const entries = new Map<string, Entry>()
  const chains = new Map<string, string[]>()
  for (const [, value] of await store.scan('outbox')) {
    const entry = readEntry(value as unknown as Entry, meta)
    const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
    entries.set(entry.edit.id, entry)
    chains.set(key, [...(chains.get(key) ?? []), entry.edit.id])
  }
  const authored = new Map((await store.scan('authored')).map(([key, value]) => [key, value as unknown as Authored]))
  const ledger = new Map((await store.scan('ledger')).map(([key, value]) => [key, value as unknown as Conflicted]))
  const settled = new Map<string, Outcome>()
  for (const { edit } of entries.values()) {
    const outcome = edit.after === undefined ? undefined : await store.get('settled', edit.after)
    if (outcome !== undefined) settled.set(edit.after!, outcome as unknown as Outcome)
  }
  return {
    rows,
    staged,
    entries,
    chains,
    authored,
    tables,
    ledger,
    settled,
    forms: new Map((await store.scan('draft')).map(([, form]) => formIn(form))),
    pins: new Map((await scanUnder<Pin>(store, 'pin', 'name')).map(([, pin]) => [pin.name, pin])),
    pinned: new Map(await scanUnder<Pinned>(store, 'pin', 'row')),
    carried: new Map(await scanUnder<readonly number[]>(store, 'meta', 'tab')),
    foreign: new Map(),
    meta,
    ...app,
    damaged,
  }
}

const loadRows = async (
  store: Store,
  tables: ReadonlyMap<string, TableState>,
): Promise<Pick<Memory, 'rows' | 'damaged'>> => {
  const rows = new Map<string, Map<string, Row>>()
  let damaged = 0
  for (const [table, state] of tables) {
    const found = await loadTable(store, table, state)
    damaged += found.damaged
    rows.set(table, found.rows)
  }
  return { rows, damaged: damaged + (await overlayAlone(store, tables, rows)) }
}

/** The rows of one table that are read. */
export const loadTable = async (
  store: Store,
  table: string,
  state: TableState,
): Promise<{ readonly rows: Map<string, Row>; readonly damaged: number }> => {
  const readable = readableIn(state)
  const { rows, damaged, unread } = readable === undefined ? noRows() : await loadPages(store, table, readable)
  const broken = await overlay(store, table, state, rows)
  // What has come again since lies in the overlay: that is repaired.
  return { rows, damaged: broken + unread + damaged.filter(id => !rows.has(id)).length }
}

const formIn = (value: StoreValue): [string, FormDraft] => {
  const form = value as unknown as FormDraft
  return [form.name, form]
}

const loadMeta = async (store: Store, random: (length: number) => Uint8Array): Promise<Meta> => {
  const known = await store.get('meta', 'device')
  const device = typeof known === 'string' ? known : toHex(random(8))
  if (known === undefined) await store.commit([{ put: 'meta', key: 'device', value: device }])
  const read = await Promise.all(metaKeys.map(async key => [key, await store.get('meta', key)] as const))
  const { grant, seq, left, ids, cursor, ready, fresh, sealed, offline, paused, scheduled, imported, sync } =
    Object.fromEntries(read) as Readonly<Record<(typeof metaKeys)[number], StoreValue | undefined>>
  return {
    device,
    ...(grant === undefined ? {} : { grant: grantStored(grant as unknown as Grant) }),
    seq: typeof seq === 'number' ? seq : 0,
    left: typeof left === 'number' ? left : 0,
    ids: typeof ids === 'number' ? ids : 0,
    ...(cursor === undefined ? {} : { cursor: cursor as unknown as NonNullable<Meta['cursor']> }),
    ready: ready === true,
    ...(fresh === undefined ? {} : { fresh: fresh as unknown as NonNullable<Meta['fresh']> }),
    ...(sealed === true ? { sealed } : {}),
    ...(offline === true ? { offline } : {}),
    ...(Array.isArray(paused) ? { paused: paused as readonly string[] } : {}),
    ...(Array.isArray(scheduled) ? { scheduled: scheduled as readonly number[] } : {}),
    ...(sync === undefined ? {} : { sync: sync as unknown as NonNullable<Meta['sync']> }),
    ...(Array.isArray(imported) ? { imported: imported as readonly string[] } : {}),
  }
}

/** An edit that may have left the device once may be known to the relay. */
const readEntry = (entry: Entry, { left }: Meta): Entry =>
  entry.state.status === 'waiting' ? { ...entry, state: { status: 'waiting', left: entry.edit.seq <= left } } : entry

const loadTables = async (store: Store): Promise<Map<string, TableState>> =>
  new Map(await scanUnder<TableState>(store, 'meta', 'table'))

/** what lies under `prefix:`, by the rest of the key */
const scanUnder = async <T>(store: Store, shelf: Shelf, prefix: string): Promise<[string, T][]> =>
  (await store.scan(shelf, { from: `${prefix}:`, to: `${prefix};` })).map(([key, value]) => [
    key.slice(prefix.length + 1),
    value as unknown as T,
  ])

interface Found {
  readonly rows: Map<string, Row>
  /** ids of rows whose bytes are damaged */
  readonly damaged: readonly string[]
  /** rows of pages that cannot be read at all */
  readonly unread: number
}

const noRows = (): Found => ({ rows: new Map(), damaged: [], unread: 0 })

const loadPages = async (store: Store, table: string, generation: number): Promise<Found> => {
  const rows = new Map<string, Row>()
  const damaged: string[] = []
  let unread = 0
  for await (const pages of pagesIn(store, table, generation)) {
    for (const { rows: count, packed } of pages) {
      const read = readPage(packed, generation)
      unread += Math.max(0, count - read.ids.length)
      for (const [at, id] of read.ids.entries()) {
        const row = read.rows[at]
        if (row === undefined) damaged.push(id)
        else rows.set(id, row)
      }
    }
  }
  return { rows, damaged, unread }
}

interface StoredPage {
  readonly rows: number
  readonly packed: Uint8Array
}

/** Pages at once: while these are looked at, the browser fetches the next. */
const AHEAD = 32

const pagesIn = async function* (
  store: Store,
  table: string,
  generation: number,
): AsyncGenerator<readonly StoredPage[]> {
  const { from, to } = pagesOf(table, generation)
  const after = (key: string): ReturnType<Store['scan']> => store.scan('page', { from: key, to, limit: AHEAD })
  let coming = after(from)
  for (;;) {
    const pages = await coming
    const last = pages.at(-1)
    if (last === undefined) return
    // The key that follows: nothing sorts between.
    coming = after(`${last[0]}\0`)
    yield pages.map(([, page]) => page as unknown as StoredPage)
  }
}

/** A page that cannot be read has no rows; undefined: one of damaged bytes. */
const readPage = (
  packed: Uint8Array,
  generation: number,
): { readonly ids: readonly string[]; readonly rows: readonly (Row | undefined)[] } => {
  const ids: string[] = []
  const rows: (Row | undefined)[] = []
  try {
    eachRow(packed, (id, from, to) => {
      ids.push(id)
      rows.push(isSound(packed, from, to) ? rowIn(packed, from, to, generation) : undefined)
    })
    return { ids, rows }
  } catch (fault) {
    if (fault instanceof ByteFault) return { ids: [], rows: [] }
    throw fault
  }
}

const overlay = async (store: Store, table: string, state: TableState, rows: Map<string, Row>): Promise<number> => {
  let damaged = 0
  for (const [key, value] of await store.scan('overlay', { from: `${table}/`, to: `${table}0` })) {
    const row = rowFromStored(value as unknown as StoredRow)
    if (row === undefined) damaged++
    else if (row.generation >= (readableIn(state) ?? 0)) rows.set(keyFrom(key).id, row)
  }
  return damaged
}

/** Rows of tables no download has begun for: records of the device's own that were sent. */
const overlayAlone = async (
  store: Store,
  tables: ReadonlyMap<string, TableState>,
  rows: Map<string, Map<string, Row>>,
): Promise<number> => {
  let damaged = 0
  for (const [key, value] of await store.scan('overlay')) {
    const { table, id } = keyFrom(key)
    if (tables.has(table)) continue
    const row = rowFromStored(value as unknown as StoredRow)
    if (row === undefined) damaged++
    else rows.set(table, (rows.get(table) ?? new Map<string, Row>()).set(id, row))
  }
  return damaged
}
