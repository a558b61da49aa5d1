// idb asks for the global classes of IndexedDB; each test has a factory, that is a disk, of its own.
import 'fake-indexeddb/auto'
import { forceCloseDatabase, IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { afterEach, expect, it, vi } from 'vitest'
import { openIndexedDbStore } from './indexeddb.ts'
import { openedBy, storeContract } from './store.contract.ts'
import { shelves } from './store.ts'
import type { Store } from './store.ts'

const name = 'rejoin-test'
const openOn = (indexedDB: IDBFactory): Promise<Store> => openIndexedDbStore({ name, indexedDB })

storeContract('IndexedDB (fake-indexeddb)', {
  open() {
    const factory = new IDBFactory()
    return openedBy(
      () => openOn(factory),
      async () => {},
    )
  },
})

/** What a program of a later version sees of the same disk. */
const asNewerProgram = (factory: IDBFactory): IDBFactory =>
  Object.create(factory, {
    open: { value: (database: string, version = 1) => factory.open(database, version + 1) },
  }) as IDBFactory

const openRaw = (factory: IDBFactory, version?: number): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = factory.open(name, version)
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(new Error('raw open', { cause: request.error })))
  })

afterEach(() => vi.restoreAllMocks())

it('gives way to a newer version in another window: commits made before finish, later calls say gone', async () => {
  const factory = new IDBFactory()
  const old = await openOn(factory)
  const committing = old.commit([{ put: 'outbox', key: 'e', value: 1 }])
  const newer = await openOn(asNewerProgram(factory))
  await committing
  await expect(old.commit([{ clear: 'outbox' }])).rejects.toMatchObject({
    code: 'gone',
    message: expect.stringContaining('another window'),
  })
  await expect(old.get('outbox', 'e')).rejects.toMatchObject({ code: 'gone' })
  expect(await newer.get('outbox', 'e')).toBe(1)
  await newer.close()
})

it('gives way when another window deletes the database', async () => {
  const factory = new IDBFactory()
  const store = await openOn(factory)
  await new Promise(resolve => factory.deleteDatabase(name).addEventListener('success', resolve))
  await expect(store.commit([])).rejects.toMatchObject({ code: 'gone' })
})

it('a database of a newer version is refused with newer and stays as it is', async () => {
  const factory = new IDBFactory()
  const newer = await openOn(asNewerProgram(factory))
  await newer.commit([{ put: 'meta', key: 'a', value: 'newer' }])
  await newer.close()
  await expect(openOn(factory)).rejects.toMatchObject({ code: 'newer' })
  expect(await (await openOn(asNewerProgram(factory))).get('meta', 'a')).toBe('newer')
})

it('an upgrade held up by a window that does not give way says blocked, and holds nothing open afterwards', async () => {
  const factory = new IDBFactory()
  await (await openOn(factory)).close()
  const stubborn = await openRaw(factory)
  await expect(openOn(asNewerProgram(factory))).rejects.toMatchObject({ code: 'blocked' })
  stubborn.close()
  const again = await openOn(asNewerProgram(factory))
  expect(await again.scan('meta')).toEqual([])
  await again.close()
})

it('a database of this name and version without our shelves is damaged', async () => {
  const factory = new IDBFactory()
  ;(await openRaw(factory, 1)).close()
  await expect(openOn(factory)).rejects.toMatchObject({ code: 'damaged' })
})

it('a browser that forbids to keep anything is told as a fault of the store', async () => {
  const forbidden = Object.create(new IDBFactory(), {
    open: {
      value: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    },
  }) as IDBFactory
  await expect(openOn(forbidden)).rejects.toMatchObject({ name: 'StoreFault', code: 'gone' })
})

it('when the browser closes the database, later calls say gone', async () => {
  const factory = new IDBFactory()
  const opened: IDBDatabase[] = []
  const observed = Object.create(factory, {
    open: {
      value(database: string, version: number) {
        const request = factory.open(database, version)
        request.addEventListener('success', () => opened.push(request.result))
        return request
      },
    },
  }) as IDBFactory
  const store = await openOn(observed)
  const [database] = opened
  if (database === undefined) throw new Error('the store opened no database')
  // its types say the class where they mean an instance
  forceCloseDatabase(database as unknown as typeof IDBDatabase)
  await expect(store.commit([]), 'before the event arrives').rejects.toMatchObject({ code: 'gone' })
  await new Promise(resolve => setTimeout(resolve, 10))
  await expect(store.commit([])).rejects.toMatchObject({
    code: 'gone',
    message: expect.stringContaining('browser closed'),
  })
})

it('a request that fails in the middle of a commit takes all of it back', async () => {
  const store = await openOn(new IDBFactory())
  await store.commit(shelves.map(shelf => ({ put: shelf, key: 'a', value: 'before' })))
  let left = 5
  const put = IDBObjectStore.prototype.put
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    left -= 1
    if (left < 0) throw new DOMException('disk', 'QuotaExceededError')
    return put.apply(this, args)
  })
  await expect(store.commit(shelves.map(shelf => ({ put: shelf, key: 'a', value: 'after' })))).rejects.toMatchObject({
    code: 'full',
  })
  vi.restoreAllMocks()
  for (const shelf of shelves) expect(await store.get(shelf, 'a')).toBe('before')
  await store.commit([{ put: 'meta', key: 'a', value: 'usable' }])
  expect(await store.get('meta', 'a')).toBe('usable')
})
