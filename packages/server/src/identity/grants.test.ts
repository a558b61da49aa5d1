import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { createGrants } from './grants.ts'

let storage: Storage
let commits: number
const counted = (): Storage => ({
  ...storage,
  commit: (wanted, decide) => {
    commits++
    return storage.commit(wanted, decide)
  },
})
beforeEach(async () => {
  commits = 0
  storage = await openSqliteStorage({ path: ':memory:', newId: () => '0'.repeat(16) })
})
afterEach(() => storage.close())

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
const stored = async (): Promise<{ user: string; prefixes: readonly number[] }> =>
  (await storage.snapshot(view => view.entry('device', 'd')))!.value as never

test('two hellos of one device at once end with every prefix either was granted, once', async () => {
  const grants = createGrants(storage, random)
  const other = createGrants(storage, random)
  const [first, second] = await Promise.all([grants.prefixes('d', 'ana', 0), other.prefixes('d', 'ana', 600)])
  const { prefixes } = await stored()
  expect(prefixes).toEqual(expect.arrayContaining([...first!, ...second!]))
  expect(prefixes).toHaveLength(3)
  const named = await storage.snapshot(view => view.entries('prefix'))
  expect(named.map(({ id }) => Number(id)).toSorted()).toEqual([...prefixes].toSorted())
})

test('of two users who bring the same fresh device id at once, one is granted and the other is not', async () => {
  const granted = await Promise.all([
    createGrants(storage, random).prefixes('d', 'ana', 0),
    createGrants(storage, random).prefixes('d', 'ben', 0),
  ])
  expect(granted.filter(prefixes => prefixes !== undefined)).toHaveLength(1)
  const { user, prefixes } = await stored()
  expect(granted[user === 'ana' ? 0 : 1]).toEqual(prefixes)
})

test('a made-up device that claims to have used many ids costs one commit and a few prefixes', async () => {
  const grants = createGrants(counted(), random)
  expect(await grants.prefixes('d', 'ana', Number.MAX_SAFE_INTEGER)).toHaveLength(16)
  expect(commits).toBe(1)
  for (let hello = 0; hello < 60; hello++) await grants.prefixes('d', 'ana', Number.MAX_SAFE_INTEGER)
  expect((await stored()).prefixes).toHaveLength(Math.ceil((100_000 + 128) / 256))
})

test('a device that has enough is granted the same again without a commit', async () => {
  const grants = createGrants(counted(), random)
  const first = await grants.prefixes('d', 'ana', 0)
  expect(await grants.prefixes('d', 'ana', 100)).toEqual(first)
  expect(commits).toBe(1)
  expect(await grants.prefixes('d', 'ana', 200)).toEqual([...first!, expect.any(Number)])
})

test('a prefix somebody has is drawn again, by devices and by relays alike', async () => {
  const draws = [7, 7, 8, 8, 9]
  const grants = createGrants(storage, () => Uint8Array.of(0, 0, 0, 0, 0, draws.shift()!))
  expect(await grants.prefixes('d', 'ana', 0)).toEqual([7])
  expect(await grants.prefixes('e', 'ana', 0)).toEqual([8])
  expect(await grants.own()).toBe(9 * 256)
})
