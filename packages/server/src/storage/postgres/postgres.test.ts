import { randomBytes } from 'node:crypto'
import { afterAll, describe } from 'vitest'
import { storageContract } from '../storage.contract.ts'
import type { Opened } from '../storage.fixture.ts'
import { startPostgres, why } from './postgres.fixture.ts'
import { openPostgresStorage, type PostgresStorage } from './postgres.ts'

const newId = (): string => randomBytes(8).toString('hex')
const postgres = await startPostgres()
afterAll(() => postgres.stop())

describe.skipIf(!postgres.running)(`PostgreSQL${why(postgres)}`, async () => {
  if (!postgres.running) return
  // one database: each environment stands beside the others'
  const { url } = await postgres.database()
  let environments = 0

  const openEnvironment = async (): Promise<Opened> => {
    const name = `environment ${environments++}`
    const open = (): Promise<PostgresStorage> => openPostgresStorage({ url, name, newId, connections: 3 })
    let storage = await open()
    return {
      storage,
      async reopen() {
        await storage.close()
        storage = await open()
        return storage
      },
      dispose: () => storage.close(),
    }
  }

  storageContract('PostgreSQL', { open: openEnvironment, durable: true })
})
