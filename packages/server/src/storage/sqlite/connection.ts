import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { sqliteFunctions } from '@rejoin/profile'
import Database from 'better-sqlite3'
import { StorageFault } from '../fault.ts'
import { APPLICATION_ID, steps } from './schema.ts'
import { prepareReads, prepareWrites, type Reads, type Writes } from './statements.ts'

export type Connection = Database.Database

export const MEMORY = ':memory:'

/** How long one statement waits for another process, ms; the event loop stands still meanwhile. */
const BUSY_TIMEOUT = 1_000
/** Every commit writes the few pages it touched, whole; a row of 1 kB and its neighbours fit. */
const PAGE_SIZE = 4_096

export interface WriterOptions {
  readonly path: string
  readonly newId: () => string
  readonly maxBytes?: number | undefined
}

export interface Writer {
  readonly db: Connection
  readonly environment: string
  readonly reads: Reads
  readonly writes: Writes
}

/** The one connection that writes, on a database of the present version. A refused database is left as it was. */
export const openWriter = ({ path, newId, maxBytes }: WriterOptions): Writer => {
  if (path !== MEMORY) {
    if (!existsSync(dirname(path)))
      throw new StorageFault(
        'other',
        `database ${path}`,
        'its directory does not exist',
        'create the directory or give another path',
      )
    if (existsSync(path)) inspect(path)
  }
  const db = speaking(new Database(path, { timeout: BUSY_TIMEOUT }))
  try {
    db.pragma(`page_size = ${PAGE_SIZE}`)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = OFF')
    db.pragma('cache_size = -65536')
    db.pragma('wal_autocheckpoint = 4000')
    db.pragma('journal_size_limit = 67108864')
    db.transaction(() => migrate(db, path, newId)).immediate()
    if (maxBytes !== undefined) limit(db, maxBytes)
    const reads = prepareReads(db)
    const environment = reads.environment.get()?.[0]
    if (environment === undefined)
      throw new StorageFault(
        'damaged',
        `database ${path}`,
        'it does not name its environment',
        'restore the latest backup',
      )
    return { db, environment, reads, writes: prepareWrites(db) }
  } catch (error) {
    db.close()
    throw error
  }
}

/** In pages of the database as it is: its size was chosen when it was made. */
const limit = (db: Connection, maxBytes: number): void => {
  const pageSize = db.pragma('page_size', { simple: true }) as number
  db.pragma(`max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`)
}

/** A further connection for one snapshot at a time. */
export const openReader = (path: string): Connection =>
  speaking(new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT }))

/** Filters and their indexes call functions of ours: a connection without them could not even write. */
const speaking = (db: Connection): Connection => {
  for (const { name, call } of sqliteFunctions) db.function(name, { deterministic: true, varargs: true }, call)
  return db
}

/** Looks at an existing file without the right to write, so that a refusal changes no byte of it. */
const inspect = (path: string): void => {
  const db = openReader(path)
  try {
    versionOf(db, path)
  } catch (error) {
    // a creation was cut off: only a writer can roll it back, and it looks again
    if (!(error instanceof Database.SqliteError && error.code.startsWith('SQLITE_READONLY'))) throw error
  } finally {
    db.close()
  }
}

const versionOf = (db: Connection, path: string): number => {
  const at = `database ${path}`
  const version = db.pragma('user_version', { simple: true }) as number
  const ours = db.pragma('application_id', { simple: true }) === APPLICATION_ID
  const empty = db.prepare('select 1 from sqlite_schema limit 1').get() === undefined
  if (!ours && (!empty || version !== 0))
    throw new StorageFault('other', at, 'it belongs to another program', 'give another path')
  if (version > steps.length)
    throw new StorageFault(
      'newer',
      at,
      `it has version ${version}, this relay knows ${steps.length}`,
      'start the newer relay',
    )
  return version
}

const migrate = (db: Connection, path: string, newId: () => string): void => {
  const version = versionOf(db, path)
  if (version === steps.length) return
  for (const step of steps.slice(version)) db.exec(step)
  db.prepare("insert into meta (name, value) values ('environment', ?) on conflict do nothing").run(newId())
  db.pragma(`application_id = ${APPLICATION_ID}`)
  db.pragma(`user_version = ${steps.length}`)
}

/** The state of a database in memory as a second one. */
export const copyOf = (main: Connection): Connection => speaking(new Database(main.serialize()))
