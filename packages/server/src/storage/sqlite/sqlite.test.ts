import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageContract } from '../storage.contract.ts'
import type { Opened } from '../storage.fixture.ts'
import type { Storage } from '../storage.ts'
import { openSqliteStorage } from './sqlite.ts'

const newId = (): string => randomBytes(8).toString('hex')

const openFile = async (): Promise<Opened> => {
  const directory = await mkdtemp(join(tmpdir(), 'rejoin-storage-'))
  const open = (): Promise<Storage> => openSqliteStorage({ path: join(directory, 'relay.db'), newId })
  let storage = await open()
  return {
    storage,
    async reopen() {
      await storage.close()
      storage = await open()
      return storage
    },
    async dispose() {
      await storage.close()
      await rm(directory, { recursive: true })
    },
  }
}

const openMemory = async (): Promise<Opened> => {
  const open = (): Promise<Storage> => openSqliteStorage({ path: ':memory:', newId })
  const storage = await open()
  return { storage, reopen: open, dispose: () => storage.close() }
}

storageContract('SQLite file', { open: openFile, durable: true })
storageContract('SQLite in memory', { open: openMemory, durable: false })
