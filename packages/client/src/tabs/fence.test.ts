import { expect, it } from 'vitest'
import { createMemoryDisk } from '../store/memory.ts'
import type { Store, StoreChange } from '../store/store.ts'
import { commitsOf, type Fenced, fencedStore, takeOver } from './fence.ts'

const change: StoreChange = { put: 'overlay', key: 'a', value: 1 }

const writerOn = async (store: Store): Promise<{ fenced: Fenced; told: number[]; lost: () => number }> => {
  const told: number[] = []
  let lost = 0
  const hold = await takeOver(store)
  const fenced = fencedStore(store, hold, { told: (_, commits) => told.push(commits), lost: () => lost++ })
  return { fenced, told, lost: () => lost }
}

it('who took over commits, and who wrote before cannot, whatever it is told', async () => {
  const store = createMemoryDisk().open()
  const before = await writerOn(store)
  await before.fenced.commit([change])
  const after = await writerOn(store)
  await expect(before.fenced.commit([{ clear: 'overlay' }])).rejects.toMatchObject({ code: 'taken' })
  await after.fenced.commit([{ put: 'overlay', key: 'b', value: 2 }])
  for (let late = 0; late < 3; late++) await expect(before.fenced.commit([])).rejects.toMatchObject({ code: 'taken' })
  expect((await store.scan('overlay')).map(([key]) => key)).toEqual(['a', 'b'])
  expect([before.lost(), after.lost()]).toEqual([4, 0])
})

it('of two that take over at once both get a fence, and the later one writes', async () => {
  const disk = createMemoryDisk({ shared: true })
  const [one, two] = await Promise.all([writerOn(disk.open()), writerOn(disk.open())])
  const results = await Promise.allSettled([one.fenced.commit([change]), two.fenced.commit([change])])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

it('commits are counted over all who wrote; one that failed is not', async () => {
  const store = createMemoryDisk({ capacity: 2_000 }).open()
  const { fenced, told } = await writerOn(store)
  const large: StoreChange = { put: 'page', key: 'p', value: 'x'.repeat(10_000) }
  const results = await Promise.allSettled([fenced.commit([change]), fenced.commit([large]), fenced.commit([change])])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const next = await writerOn(store)
  await next.fenced.commit([change])
  expect([told, next.told, await commitsOf(store)]).toEqual([[1, 2], [3], 3])
})

it('a store that is cleared as a whole keeps its fence', async () => {
  const store = createMemoryDisk().open()
  const before = await writerOn(store)
  const after = await writerOn(store)
  await after.fenced.commit([{ put: 'meta', key: 'device', value: 'a' }])
  await after.fenced.commit([{ clear: 'meta' }, { clear: 'meta', from: 'a' }, { clear: 'meta', from: 'a', to: 'b' }])
  expect(await store.get('meta', 'device')).toBeUndefined()
  await expect(before.fenced.commit([change])).rejects.toMatchObject({ code: 'taken' })
  await expect(writerOn(store)).resolves.toMatchObject({ fenced: { commits: 2 } })
})
