import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import { idOf } from './birth.ts'

it('an environment has one id, made once in its database, however many relays start on it', async () => {
  const open = () => openSqliteStorage({ path: ':memory:', newId: () => randomBytes(8).toString('hex') })
  const [storage, other] = [await open(), await open()]
  const ids = await Promise.all([1, 2, 3].map(() => idOf(storage, randomBytes)))
  expect(ids[0]).toMatch(/^[0-9a-f]{16}$/)
  expect(new Set([...ids, await idOf(storage, randomBytes)]).size).toBe(1)
  expect(await idOf(other, randomBytes)).not.toBe(ids[0])
  await storage.close()
  await other.close()
})
