import {
  addRow,
  type Changes,
  compileScope,
  emptyFingerprint,
  type Fields,
  fingerprintText,
  type LedgerEntry,
  type Outcome,
  type PlainRow,
  type Table,
} from '@rejoin/profile'
import {
  type Environment,
  loadEnvironment,
  openDevelopmentIssuer,
  openSqliteStorage,
  type Storage,
} from '@rejoin/server'
import Database from 'better-sqlite3'
import { type ContentRow, contentHash } from './content.ts'

/** The relay's database read past the relay: by plain SQL, so that what is proved does not rest on its own reading. */
export interface EditRow {
  readonly id: string
  readonly table: string
  readonly record: string
  readonly device: string
  readonly author: string
  readonly kind: string
  readonly amends: string | null
  readonly outcome: Outcome
  readonly changes: Changes
}

export interface RelayContent {
  readonly content: string
  readonly rows: number
  readonly fingerprints: Readonly<Record<string, string>>
}

const reading = <T>(path: string, read: (db: Database.Database) => T): T => {
  const db = new Database(path, { fileMustExist: true, timeout: 5_000 })
  try {
    return read(db)
  } finally {
    db.close()
  }
}

export const readEdits = (path: string): EditRow[] =>
  reading(path, db =>
    db
      .prepare<
        [],
        Record<'id' | 'tbl' | 'record' | 'device' | 'author' | 'kind' | 'outcome' | 'changes', string> & {
          amends: string | null
        }
      >('select id, tbl, record, device, author, kind, amends, outcome, changes from edit')
      .all()
      .map(({ tbl, outcome, changes, ...row }) => ({
        ...row,
        table: tbl,
        outcome: JSON.parse(outcome) as Outcome,
        changes: JSON.parse(changes) as Changes,
      })),
  )

/** The newest revision that was given out. */
export const readHead = (path: string): number =>
  reading(
    path,
    db => db.prepare<[], { rev: number | null }>('select max(last_rev) as rev from commit_log').get()?.rev ?? 0,
  )

export const readLedger = (path: string): LedgerEntry[] =>
  reading(path, db =>
    db
      .prepare<[], { json: string }>('select json from ledger order by rev, edit')
      .all()
      .map(({ json }) => JSON.parse(json) as LedgerEntry),
  )

/** Live rows by table. */
export const readRows = (
  path: string,
  table: string,
): { readonly id: string; readonly rev: number; readonly fields: Fields }[] =>
  reading(path, db =>
    db
      .prepare<[string], { id: string; rev: number; json: string }>(
        'select id, rev, json from record where tbl = ? and deleted = 0 and purged = 0',
      )
      .all(table)
      .map(({ id, rev, json }) => ({ id, rev, fields: JSON.parse(json) as Fields })),
  )

/** What a device of this user must hold, from the relay's own rows. */
export const readContent = async (path: string, user: string): Promise<RelayContent> => {
  const environment = await inDatabase(path, storage => storage.snapshot(loadEnvironment))
  const found: ContentRow[] = []
  const fingerprints: Record<string, string> = {}
  for (const { table, holds, columns, columnSet } of scopeOf(environment, user)) {
    const sum = emptyFingerprint()
    for (const { id, rev, fields } of readRows(path, table)) {
      if (!holds(fields, id)) continue
      addRow(sum, { id, rev }, columnSet)
      found.push({ table, values: valuesOf(environment.schema.tables.get(table)!, id, fields, columns) })
    }
    fingerprints[table] = fingerprintText(sum)
  }
  return { content: contentHash(found), rows: found.length, fingerprints }
}

const valuesOf = (table: Table, id: string, fields: Fields, columns: ReadonlySet<string>): PlainRow => {
  const named = Object.entries(fields).flatMap(([column, value]) =>
    columns.has(column) ? [[table.byId.get(column)!.name, value] as const] : [],
  )
  return { ...Object.fromEntries(named), [table.primaryKey]: id }
}

const scopeOf = (environment: Environment, user: string) => {
  const person = environment.person(user)
  if (person === undefined) throw new Error(`the environment has no user ${user}`)
  return compileScope(environment.schema, environment.profileOf(person, 'rig'), person, Date.now()).tables.values()
}

/** A token as the development issuer of this database signs it. */
export const tokenFor = (path: string, user: string): Promise<string> =>
  inDatabase(path, async storage => (await openDevelopmentIssuer(storage)).token(user))

/** Opens the database beside whoever serves it. */
export const inDatabase = async <T>(path: string, use: (storage: Storage) => Promise<T>): Promise<T> => {
  const storage = await openSqliteStorage({ path, newId: () => 'f'.repeat(16) })
  try {
    return await use(storage)
  } finally {
    await storage.close()
  }
}
