import Database from 'better-sqlite3'
import { benchRow } from '../record.ts'

/** The one table of both ends: a record is a row of JSON text. */
export const openDatabase = (file: string): Database.Database => {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(
    'CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID',
  )
  return database
}

/** Rows 0 to `records`, in one transaction, before the relay starts. */
export const seedDatabase = (file: string, records: number): void => {
  const database = openDatabase(file)
  database.exec('CREATE INDEX IF NOT EXISTS record_rev ON record (rev)')
  const insert = database.prepare('INSERT INTO record VALUES (?, ?, ?)')
  database.transaction(() => {
    for (let n = 0; n < records; n++) {
      const row = benchRow(n)
      insert.run(row.id, n + 1, JSON.stringify(row.values))
    }
  })()
  database.close()
}
