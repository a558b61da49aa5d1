import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSqliteStore } from './sqlite.ts'
import { openedBy, storeContract } from './store.contract.ts'
import { SMALL_ROOM } from './store.harness.ts'
import { STORE_VERSION } from './store.ts'

let directory = ''
let files = 0
const freshPath = (): string => join(directory, `store-${(files += 1)}.sqlite`)
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rejoin-store-'))
})
afterAll(() => rm(directory, { recursive: true }))

const openOn = (options: { readonly maxBytes?: number }) => () => {
  const path = freshPath()
  return openedBy(
    () => openSqliteStore({ path, ...options }),
    () => rm(path),
  )
}

storeContract('SQLite', { open: openOn({}), openSmall: openOn({ maxBytes: SMALL_ROOM }) })

it('keeps a write-ahead log and its version in the file, and refuses a second opener with busy until it is closed', async () => {
  const path = freshPath()
  const store = await openSqliteStore({ path })
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'busy' })
  await store.commit([{ put: 'meta', key: 'a', value: 1 }])
  await store.close()
  const again = await openSqliteStore({ path })
  expect(await again.get('meta', 'a')).toBe(1)
  await again.close()
  const raw = new Database(path)
  expect(raw.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(raw.pragma('user_version', { simple: true })).toBe(STORE_VERSION)
  raw.close()
})

it('a file of a newer version is refused with newer and not a byte of it changes', async () => {
  const path = freshPath()
  await (await openSqliteStore({ path })).close()
  const raw = new Database(path)
  raw.pragma(`user_version = ${STORE_VERSION + 1}`)
  raw.exec('DROP TABLE authored')
  raw.close()
  const before = await readFile(path)
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'newer' })
  expect(before.equals(await readFile(path))).toBe(true)
})

it('a file that is no database, or a database of another program, is damaged and not a byte of it changes', async () => {
  const text = freshPath()
  await writeFile(text, 'these are notes of someone, no database\n'.repeat(200))
  const foreign = freshPath()
  const raw = new Database(foreign)
  raw.exec('CREATE TABLE theirs (a)')
  raw.close()
  for (const path of [text, foreign]) {
    const before = await readFile(path)
    await expect(openSqliteStore({ path }), path).rejects.toMatchObject({ code: 'damaged' })
    expect(before.equals(await readFile(path)), path).toBe(true)
  }
})

it('a damaged page is told as damaged, not as an empty store', async () => {
  const path = freshPath()
  const store = await openSqliteStore({ path })
  await store.commit(
    Array.from({ length: 200 }, (_, n) => ({ put: 'page', key: `k${n}`, value: new Uint8Array(1000) })),
  )
  await store.close()
  const bytes = await readFile(path)
  bytes.fill(0xff, 4096)
  await writeFile(path, bytes)
  await expect((async () => (await openSqliteStore({ path })).scan('page'))()).rejects.toMatchObject({
    code: 'damaged',
  })
})

it('a directory that does not exist is told as gone', async () => {
  await expect(openSqliteStore({ path: join(directory, 'none', 'store.sqlite') })).rejects.toMatchObject({
    code: 'gone',
  })
})

it('bytes are stored as they are', async () => {
  const path = freshPath()
  const store = await openSqliteStore({ path })
  await store.commit([{ put: 'page', key: 'a', value: Uint8Array.of(1, 2, 3) }])
  await store.close()
  const raw = new Database(path)
  expect(raw.prepare('SELECT value FROM page').pluck().get()).toEqual(Buffer.from([1, 2, 3]))
  raw.close()
})
