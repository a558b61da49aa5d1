import { expect, it } from 'vitest'
import { createMemoryDisk, openMemoryStore } from './memory.ts'
import { openedBy, storeContract } from './store.contract.ts'
import { SMALL_ROOM } from './store.harness.ts'
import type { StoreFault } from './store.ts'

const openOn = (capacity?: number) => () => {
  const disk = createMemoryDisk(capacity === undefined ? {} : { capacity })
  return openedBy(
    async () => disk.open(),
    async () => {},
  )
}

storeContract('memory', { open: openOn(), openSmall: openOn(SMALL_ROOM) })

it('refuses a second store on a disk with busy, until the first is closed', async () => {
  const disk = createMemoryDisk()
  const first = disk.open()
  expect(() => disk.open()).toThrow(expect.objectContaining({ code: 'busy' } satisfies Partial<StoreFault>))
  await first.close()
  await disk.open().close()
})

it('a shared disk is open many times at once, and each store sees what the others commit', async () => {
  const disk = createMemoryDisk({ shared: true })
  const [one, two] = [disk.open(), disk.open()]
  await one.commit([{ put: 'meta', key: 'a', value: 1 }])
  expect(await two.get('meta', 'a')).toBe(1)
  await one.close()
  await expect(one.get('meta', 'a')).rejects.toMatchObject({ code: 'gone' })
  await two.commit([{ put: 'meta', key: 'a', value: 2 }])
})

it('after a crash the disk keeps what was committed and the store that was open is gone for good', async () => {
  const disk = createMemoryDisk()
  const first = disk.open()
  await first.commit([{ put: 'outbox', key: '1', value: 'kept' }])
  disk.crash()
  const second = disk.open()
  await expect(first.commit([{ clear: 'outbox' }])).rejects.toMatchObject({ code: 'gone' })
  await first.close()
  expect(() => disk.open()).toThrow(expect.objectContaining({ code: 'busy' }))
  expect(await second.get('outbox', '1')).toBe('kept')
})

it('a memory store without a disk starts empty each time', async () => {
  await openMemoryStore().commit([{ put: 'meta', key: 'a', value: 1 }])
  expect(await openMemoryStore().get('meta', 'a')).toBeUndefined()
})
