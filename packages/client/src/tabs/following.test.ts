import { expect, it } from 'vitest'
import { systemHost } from '../device/host.ts'
import { putRow } from '../replica/keys.ts'
import { appOf, rowFrom } from '../replica/memory.ts'
import { createMemoryDisk } from '../store/memory.ts'
import type { Store, StoreChange } from '../store/store.ts'
import { syncedDisk } from './browser.fixture.ts'
import { fencedStore, takeOver } from './fence.ts'
import { createFollowing, type Following } from './following.ts'
import type { Changed } from './message.ts'

/** A follower, and a leader whose word reaches it when the test says so. */
const pair = async (): Promise<{
  following: Following
  commit: (table: string) => Promise<Changed>
  write: (change: StoreChange) => Promise<Changed>
  reads: () => number
}> => {
  const disk = createMemoryDisk({ shared: true })
  await syncedDisk(async () => disk.open())
  let reads = 0
  const inner = disk.open()
  const counted: Store = { ...inner, scan: (...args) => (reads++, inner.scan(...args)) }
  const said: Changed[] = []
  const store = disk.open()
  const hold = await takeOver(store)
  const { fence } = hold
  const leader = fencedStore(store, hold, {
    told: (changes, commits) => said.push({ type: 'changed', fence, commits, changes }),
    lost: () => {},
  })
  const write = async (change: StoreChange): Promise<Changed> => {
    await leader.commit([change])
    return said.at(-1)!
  }
  return {
    following: createFollowing(counted, systemHost, appOf({})),
    commit: name => write({ put: 'authored', key: `task/${name}`, value: { index: 1, tick: 1, incarnation: '' } }),
    write,
    reads: () => reads,
  }
}

const authored = ({ held }: Following): string[] => [...held!.reading.memory.authored.keys()].toSorted()

it('what is told in turn is taken without reading; what was held before is not taken again', async () => {
  const { following, commit, reads } = await pair()
  const first = await commit('a')
  await following.catchUp(1)
  const before = reads()
  await following.take(first)
  await following.take(await commit('b'))
  await following.catchUp(2)
  expect([authored(following), reads() - before]).toEqual([['task/a', 'task/b'], 0])
})

it('where something was not heard everything is read again', async () => {
  const { following, commit } = await pair()
  await following.catchUp(0)
  await commit('a')
  await following.take(await commit('b'))
  expect(authored(following)).toEqual(['task/a', 'task/b'])
  await commit('c')
  await following.catchUp(3)
  expect(authored(following)).toEqual(['task/a', 'task/b', 'task/c'])
})

it('[DS15] a row of its own making that left is read in the tabs that follow too', async () => {
  const { following, write } = await pair()
  await following.catchUp(0)
  const kept = { fields: { title: 'pump' }, until: Date.now() + 1_000 }
  await following.take(await write(putRow('task/A', rowFrom(5, 1, undefined, 'left', kept))))
  // A tab that takes over goes on with these rows.
  expect(following.held!.reading.view('task/A')?.fields).toEqual({ title: 'pump' })
})

it('nothing is taken before anything was read', async () => {
  const { following, commit } = await pair()
  await following.take(await commit('a'))
  expect(following.held).toBeUndefined()
})
