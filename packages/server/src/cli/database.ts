import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { FaultError } from '@rejoin/profile'
import { openSqliteDocuments } from '../documents/sqlite.ts'
import type { DocumentStorage } from '../documents/storage.ts'
import { type ErasureList, openErasureList } from '../erasure/list.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import type { Wake } from '../storage/wake.ts'

export const newId = (): string => randomBytes(8).toString('hex')

/** What a command works on: the environment of a file, or of a PostgreSQL. */
export interface Database extends Storage {
  /** the id of the environment */
  readonly environment: string
  /** where relays may share it */
  readonly wake?: Wake
  /** a file: writes it anew, without what was overwritten */
  scrub?(): Promise<void>
}

/** Where an environment lives: a file, or the address of a PostgreSQL. */
export const isPostgres = (db: string): boolean => /^postgres(ql)?:/.test(db)

/** For people: an address without its password. */
export const shownAs = (db: string): string => {
  if (!isPostgres(db) || !URL.canParse(db)) return db
  const { host, pathname } = new URL(db)
  return `postgres://${host}${pathname}`
}

/** @throws FaultError where there is no such file and none is to be made; StorageFault where it is of no use */
export const openDatabase = async (db: string, { create }: { readonly create: boolean }): Promise<Database> => {
  if (isPostgres(db)) {
    // Only where it is used: its client and query builder are a fifth of a relay's memory.
    const { openPostgresStorage } = await import('../storage/postgres/postgres.ts')
    return openPostgresStorage({ url: db, newId })
  }
  if (!create && !existsSync(db)) {
    const fix = 'check --db, or make one with `rejoin import --schema FILE --db FILE`'
    throw new FaultError([{ code: 'no-database', at: `database ${db}`, message: 'there is no such file', fix }])
  }
  return openSqliteStorage({ path: db, newId })
}

/** What a relay over a database is made of. Documents are kept in a file beside a file; PostgreSQL has none yet. */
export const relayPartsOf = (
  db: string,
  storage: Database,
  list?: string,
): {
  readonly storage: Storage
  readonly wake?: Wake
  readonly documents?: DocumentStorage
  readonly erasures?: ErasureList
} => ({
  storage,
  ...(storage.wake === undefined ? {} : { wake: storage.wake }),
  ...(isPostgres(db) ? {} : { documents: openDocuments(db) }),
  ...erasuresOf(db, list),
})

/** The list of what was erased: a file beside a file, unless another is named; for a PostgreSQL it has to be. */
export const erasuresOf = (db: string, list: string | undefined): { readonly erasures?: ErasureList } => {
  const path = list ?? (isPostgres(db) ? undefined : `${db}-erasures`)
  return path === undefined ? {} : { erasures: openErasureList(path) }
}

/** The documents of an environment: a file beside its database. */
export const openDocuments = (path: string): DocumentStorage => openSqliteDocuments(`${path}-documents`)
