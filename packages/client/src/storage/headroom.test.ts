import { describe, expect, it } from 'vitest'
import { createMemoryDisk, type MemoryDisk } from '../store/memory.ts'
import { type Store, type StoreChange, StoreFault } from '../store/store.ts'
import { withHeadroom } from './headroom.ts'

const BLOCK = 1_000
const ROOM = 10_000
const random = (length: number): Uint8Array => new Uint8Array(length).fill(7)
const open = (disk: MemoryDisk): Store => withHeadroom(disk.open(), { random, size: BLOCK })

const bytes = (length: number): Uint8Array => new Uint8Array(length)
const row = (key: string, size: number): StoreChange => ({ put: 'overlay', key, value: bytes(size) })
const edit = (key: string, size: number): StoreChange => ({
  put: 'outbox',
  key,
  value: { edit: bytes(size), state: { status: 'waiting', left: false } },
})
const cursor = (value: string): StoreChange => ({ put: 'meta', key: 'cursor', value })
const settle = (key: string, size: number): StoreChange[] => [row(key, size), { delete: 'outbox', key }]

/** How many of the same size go in before the store is full. */
const fill = async (
  store: Store,
  size: number,
  change: (key: string, size: number) => StoreChange,
): Promise<number> => {
  for (let n = 0; ; n++) {
    try {
      await store.commit([change(`${change.name}${n}`, size)])
    } catch (error) {
      expect(error).toBeInstanceOf(StoreFault)
      expect(error).toMatchObject({ code: 'full' })
      return n
    }
  }
}
const keysOf = async (store: Store): Promise<string[]> => (await store.scan('meta')).map(([key]) => key)

describe('headroom', () => {
  it('is set aside with the first row that comes, and nothing is set aside before', async () => {
    const disk = createMemoryDisk({ capacity: ROOM })
    const store = open(disk)
    await store.commit([cursor('a'), edit('e', 10)])
    expect(await keysOf(store)).toEqual(['cursor'])
    await store.commit([row('a', 10)])
    expect(await keysOf(store)).toEqual(['cursor', '~headroom:1', '~headroom:2'])
  })

  it('an edit that finds no room is saved; a download that finds none is told so and takes nothing', async () => {
    const store = open(createMemoryDisk({ capacity: ROOM }))
    await fill(store, 90, row)
    await expect(store.commit([row('more', 200)])).rejects.toThrow(/what the relay sends; what is here stays/)
    expect(await fill(store, 90, edit)).toBeGreaterThan(5)
    // What is left of the first block is not for rows.
    await expect(store.commit([row('x', 1)])).rejects.toMatchObject({ code: 'full' })
    expect((await keysOf(store)).filter(key => key.startsWith('~'))).toEqual(['~headroom:2'])
  })

  it('what takes a row away, or keeps the bytes that unsent work stands on, needs no room of a download', async () => {
    const store = open(createMemoryDisk({ capacity: ROOM }))
    await fill(store, 90, row)
    const mark: StoreChange = { put: 'overlay', key: 'gone', value: { rev: 1, generation: 0, gone: 'unknown' } }
    const kept: StoreChange = {
      put: 'overlay',
      key: 'kept',
      value: { rev: 1, generation: 0, gone: 'left', envelope: bytes(90) },
    }
    await store.commit([mark])
    await store.commit([{ clear: 'page' }, kept])
    expect(await store.get('overlay', 'gone')).toMatchObject({ gone: 'unknown' })
  })

  it('what fills the first block can still be sent and settled', async () => {
    const store = open(createMemoryDisk({ capacity: ROOM }))
    await fill(store, 90, row)
    const edits = await fill(store, 90, edit)
    await expect(store.commit([edit('late', 90)])).rejects.toThrow('nothing was saved')
    await store.commit([cursor('that it leaves is noted first'), { put: 'meta', key: 'left', value: 'x'.repeat(90) }])
    for (let n = 0; n < edits; n++) await store.commit(settle(`edit${n}`, 90))
    expect(await store.scan('outbox')).toEqual([])
  })

  it('comes back with the first row that finds room for it, also in a later opening', async () => {
    const disk = createMemoryDisk({ capacity: ROOM, shared: true })
    const store = open(disk)
    await fill(store, 90, row)
    await fill(store, 90, edit)
    const next = open(disk)
    await expect(next.commit([row('x', 1)])).rejects.toMatchObject({ code: 'full' })
    await next.commit([{ clear: 'overlay', from: 'row1', to: 'row3' }])
    await next.commit([row('x', 1)])
    expect((await keysOf(next)).filter(key => key.startsWith('~'))).toEqual(['~headroom:1', '~headroom:2'])
    expect(await fill(next, 90, edit)).toBeGreaterThan(5)
  })

  it('comes back after a wipe with the first row of whoever is next', async () => {
    const store = open(createMemoryDisk({ capacity: ROOM }))
    await store.commit([row('a', 10)])
    await store.commit([{ clear: 'overlay' }, { clear: 'meta' }, cursor('b')])
    expect(await keysOf(store)).toEqual(['cursor'])
    await store.commit([row('a', 10)])
    expect(await keysOf(store)).toEqual(['cursor', '~headroom:1', '~headroom:2'])
  })

  it('another fault is handed on as it is, and costs no headroom', async () => {
    const store = open(createMemoryDisk({ capacity: ROOM }))
    await store.commit([row('a', 10)])
    await expect(store.commit([{ add: 'overlay', key: 'a', value: 1 }])).rejects.toMatchObject({ code: 'taken' })
    await expect(store.commit([cursor(undefined as never)])).rejects.toBeInstanceOf(TypeError)
    expect(await keysOf(store)).toHaveLength(2)
  })
})
