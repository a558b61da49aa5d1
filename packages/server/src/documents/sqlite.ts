import Database from 'better-sqlite3'
import { StorageFault } from '../storage/fault.ts'
import { guarded } from '../storage/sqlite/sqlite-fault.ts'
import type { DocumentStorage } from './storage.ts'

/** Marks the file as ours ('RJOD'). */
const APPLICATION_ID = 0x524a4f44
const VERSION = 1

/**
 * Documents in a SQLite file of their own, beside the environment's: their appends are many and small, and must not
 * wait for its commits. ':memory:' for tests.
 */
export const openSqliteDocuments = (path: string): DocumentStorage =>
  guarded(path, () => {
    const db = new Database(path, { timeout: 1_000 })
    try {
      claim(db, path)
      return documentsIn(db, path)
    } catch (error) {
      db.close()
      throw error
    }
  })

const claim = (db: Database.Database, path: string): void => {
  const at = `documents ${path}`
  const version = db.pragma('user_version', { simple: true }) as number
  const empty = db.prepare('select 1 from sqlite_schema limit 1').get() === undefined
  if (!empty && db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new StorageFault('other', at, 'it belongs to another program', 'move it away')
  }
  if (version > VERSION) {
    throw new StorageFault(
      'newer',
      at,
      `it has version ${version}, this relay knows ${VERSION}`,
      'start the newer relay',
    )
  }
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  // What a person wrote and took back, or had erased, is not left in free pages.
  db.pragma('secure_delete = ON')
  if (version === VERSION) return
  db.transaction(() => {
    db.exec(
      'create table piece (document text not null, seq integer not null, bytes blob not null, primary key (document, seq)) strict',
    )
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${VERSION}`)
  }).immediate()
}

const documentsIn = (db: Database.Database, path: string): DocumentStorage => {
  const pieces = db.prepare<[string], [Buffer]>('select bytes from piece where document = ? order by seq').raw()
  // Pieces are numbered from 1 without a gap: the last number is how many there are.
  const add = db.prepare<[string, number, Uint8Array, string, number]>(
    `insert into piece select ?, ? + 1, ?
      where (select coalesce(max(seq), 0) from piece where document = ?) = ?`,
  )
  const append = (name: string, update: Uint8Array, pieces: number): boolean =>
    add.run(name, pieces, update, name, pieces).changes > 0
  const drop = db.prepare<[string]>('delete from piece where document = ?')
  const replace = db.transaction((name: string, snapshot: Uint8Array, pieces: number) => {
    if (!append(name, snapshot, pieces)) return false
    drop.run(name)
    return append(name, snapshot, 0)
  })
  // a failure is a rejection, never a throw at the call
  const run = async <T>(work: () => T): Promise<T> => guarded(path, work)
  return {
    load: name => run(() => pieces.all(name).map(([bytes]) => new Uint8Array(bytes))),
    append: (name, update, pieces) => run(() => append(name, update, pieces)),
    compact: (name, snapshot, pieces) => run(() => replace.immediate(name, snapshot, pieces)),
    remove: name =>
      run(() => {
        if (drop.run(name).changes > 0) db.pragma('wal_checkpoint(truncate)')
      }),
    close: () => run(() => void db.close()),
  }
}
