/**
 * The store in one SQLite file: devices that run on Node. One table per shelf; an ordinary rowid table with
 * an index on the key, because values are pages of tens of kilobytes and a WITHOUT ROWID table would carry
 * them inside the tree that is searched. Bytes are stored as they are, anything else in lib0's `any` encoding.
 * The connection holds the file's lock from opening to closing, so a second program is refused, and a killed
 * one leaves no lock behind.
 */
import Database from 'better-sqlite3'
import { decodeAny, encodeAny } from 'lib0/buffer'
import { checkChanges } from './change.ts'
import { busyFault, closedFault, damagedFault, fullFault, newerFault, takenFault } from './fault.ts'
import { STORE_VERSION, StoreFault, shelves } from './store.ts'
import type { Shelf, Store, StoreChange, StoreValue } from './store.ts'

/**
 * `path`: a file in a directory that exists. `maxBytes`: the size at which commits reject with `full`.
 * Rejects with `StoreFault` busy, newer (nothing is touched), damaged, gone or full.
 */
export async function openSqliteStore({
  path,
  maxBytes,
}: {
  readonly path: string
  readonly maxBytes?: number
}): Promise<Store> {
  const database = openDatabase(path, maxBytes)
  const tables = new Map(shelves.map(shelf => [shelf, prepareTable(database, shelf)]))
  const tableOf = (shelf: Shelf): Table => {
    if (!database.open) throw closedFault()
    const table = tables.get(shelf)
    if (table === undefined) throw new TypeError(`no shelf named ${String(shelf)}`)
    return table
  }
  const applyAll = database.transaction((changes: readonly StoreChange[]) => {
    for (const change of changes) {
      if ('put' in change) tableOf(change.put).put(change.key, change.value)
      else if ('add' in change) tableOf(change.add).add(change.key, change.value)
      else if ('delete' in change) tableOf(change.delete).remove(change.key)
      else tableOf(change.clear).clear(change.from, change.to)
    }
  })
  let synchronous: 'FULL' | 'NORMAL' = 'FULL'
  return {
    async get(shelf, key) {
      return told(() => tableOf(shelf).get(key))
    },
    async scan(shelf, range = {}) {
      return told(() => tableOf(shelf).scan(range.from, range.to, range.limit))
    },
    async commit(changes, durability = 'strict') {
      tableOf('meta')
      checkChanges(changes)
      told(() => {
        const wanted = durability === 'strict' ? 'FULL' : 'NORMAL'
        if (wanted !== synchronous) database.pragma(`synchronous = ${wanted}`)
        synchronous = wanted
        applyAll.immediate(changes)
      })
    },
    async close() {
      told(() => database.close())
    },
  }
}

/** 'Rejn': a database of another program is not ours to write into */
const APPLICATION_ID = 0x52656a6e

function openDatabase(path: string, maxBytes: number | undefined): Database.Database {
  const database = told(() => new Database(path, { timeout: 0 }))
  try {
    told(() => prepareDatabase(database, maxBytes))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function prepareDatabase(database: Database.Database, maxBytes: number | undefined): void {
  database.pragma('locking_mode = EXCLUSIVE')
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > STORE_VERSION) throw newerFault()
  const empty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (!empty && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw damagedFault('the file is a database of another program')
  }
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('fullfsync = ON')
  // A first download is written once before its log is folded in, instead of again and again.
  database.pragma('wal_autocheckpoint = 4000')
  database
    .transaction(() => {
      for (const shelf of shelves) {
        database.exec(
          `CREATE TABLE IF NOT EXISTS "${shelf}" (key TEXT PRIMARY KEY NOT NULL, packed INTEGER NOT NULL, value BLOB NOT NULL)`,
        )
      }
      database.pragma(`application_id = ${APPLICATION_ID}`)
      database.pragma(`user_version = ${STORE_VERSION}`)
    })
    .exclusive()
  if (maxBytes === undefined) return
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  database.pragma(`max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`)
}

interface Row {
  readonly key: string
  readonly packed: number
  readonly value: Uint8Array
}

interface Table {
  get(key: string): StoreValue | undefined
  scan(from?: string, to?: string, limit?: number): [string, StoreValue][]
  put(key: string, value: StoreValue): void
  add(key: string, value: StoreValue): void
  remove(key: string): void
  clear(from?: string, to?: string): void
}

function prepareTable(database: Database.Database, shelf: Shelf): Table {
  const select = `SELECT key, packed, value FROM "${shelf}"`
  const get = database.prepare<[string], Row>(`${select} WHERE key = ?`)
  const scanFrom = database.prepare<[string, number], Row>(`${select} WHERE key >= ? ORDER BY key LIMIT ?`)
  const scanBetween = database.prepare<[string, string, number], Row>(
    `${select} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?`,
  )
  const put = database.prepare(`INSERT OR REPLACE INTO "${shelf}" (key, packed, value) VALUES (?, ?, ?)`)
  const add = database.prepare(`INSERT INTO "${shelf}" (key, packed, value) VALUES (?, ?, ?)`)
  const insert = (how: Database.Statement, key: string, value: StoreValue): void => {
    if (value instanceof Uint8Array) how.run(key, 0, value)
    else how.run(key, 1, encodeAny(value))
  }
  const remove = database.prepare(`DELETE FROM "${shelf}" WHERE key = ?`)
  const clearFrom = database.prepare(`DELETE FROM "${shelf}" WHERE key >= ?`)
  const clearBetween = database.prepare(`DELETE FROM "${shelf}" WHERE key >= ? AND key < ?`)
  return {
    get(key) {
      const row = get.get(key)
      return row === undefined ? undefined : valueOf(shelf, row)
    },
    scan(from = '', to, limit) {
      const most = limit === undefined ? -1 : Math.max(0, limit)
      const rows = to === undefined ? scanFrom.all(from, most) : scanBetween.all(from, to, most)
      return rows.map(row => [row.key, valueOf(shelf, row)])
    },
    put: (key, value) => insert(put, key, value),
    add: (key, value) => insert(add, key, value),
    remove: key => void remove.run(key),
    clear: (from = '', to) => void (to === undefined ? clearFrom.run(from) : clearBetween.run(from, to)),
  }
}

function valueOf(shelf: Shelf, { key, packed, value }: Row): StoreValue {
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (packed === 0) return bytes
  try {
    return decodeAny(bytes) as StoreValue
  } catch (cause) {
    throw damagedFault(`${shelf} ${key} cannot be read`, cause)
  }
}

/** SQLite's errors in the words of the port; what is none of them is a bug and stays as it is. */
function told<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw faultOf(error)
  }
}

function faultOf(error: unknown): unknown {
  if (error instanceof TypeError && error.message.includes('directory does not exist')) return unreachableFault(error)
  if (!(error instanceof Database.SqliteError)) return error
  const code = error.code.split('_', 2)[1]
  if (code === 'FULL') return fullFault(error)
  if (code === 'CONSTRAINT') return takenFault(error)
  if (code === 'BUSY' || code === 'LOCKED') return busyFault(error)
  if (code === 'NOTADB' || code === 'CORRUPT' || code === 'FORMAT')
    return damagedFault('the file is not a readable store', error)
  if (code === 'IOERR') return damagedFault('the disk refused to read or write', error)
  if (code === 'CANTOPEN' || code === 'READONLY' || code === 'PERM') return unreachableFault(error)
  return error
}

const unreachableFault = (cause: unknown): StoreFault =>
  new StoreFault(
    'gone',
    'the store file cannot be opened for writing',
    'Check that its directory exists and may be written to.',
    { cause },
  )
