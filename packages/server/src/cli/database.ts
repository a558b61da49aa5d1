import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { FaultError } from '@rejoin/profile'
import { openSqliteDocuments } from '../documents/sqlite.ts'
import type { DocumentStorage } from '../documents/storage.ts'
import { openSqliteStorage, type SqliteStorage } from '../storage/sqlite/sqlite.ts'

export const newId = (): string => randomBytes(8).toString('hex')

/** @throws FaultError where there is no such file and none is to be made; StorageFault where it is of no use */
export const openDatabase = async (path: string, { create }: { readonly create: boolean }): Promise<SqliteStorage> => {
  if (!create && !existsSync(path)) {
    const fix = 'check --db, or make one with `rejoin import --schema FILE --db FILE`'
    throw new FaultError([{ code: 'no-database', at: `database ${path}`, message: 'there is no such file', fix }])
  }
  return openSqliteStorage({ path, newId })
}

/** The documents of an environment: a file beside its database. */
export const openDocuments = (path: string): DocumentStorage => openSqliteDocuments(`${path}-documents`)
