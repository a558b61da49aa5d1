import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openSqliteStorage, type Storage } from '@rejoin/server'

/** A kind of storage to measure, of which each size gets a database of its own. */
export interface Engine {
  readonly name: string
  open(size: string): Promise<Storage>
  stop(): Promise<void>
}

export const newId = (): string => randomBytes(8).toString('hex')

export const sqliteEngine = (folder: string): Engine => ({
  name: 'sqlite',
  open: size => openSqliteStorage({ path: join(folder, `${size}.db`), newId }),
  stop: async () => {},
})
