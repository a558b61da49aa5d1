import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { startRelay } from '../process.ts'
import { benchId, EDITED_COLUMN, editedValue } from '../record.ts'
import type { OpenSide, Side } from '../sides.ts'
import { seedDatabase } from './database.ts'
import { connectDevice, type BaselineDevice } from './device.ts'
import type { Change } from './messages.ts'
import { memoryStore, sqliteStore, type BaselineStore } from './store.ts'

/**
 * Raw `ws` + JSON over the same kind of SQLite file, with no Rejoin code. It is given every advantage: no
 * sign-in, no outbox (its author keeps nothing before sending), 1,000 edits as one message, stored text sent
 * unparsed.
 */
export const openBaseline: OpenSide = async ({ records, folder }) => {
  const file = join(folder, 'relay.db')
  seedDatabase(file, records)
  const relay = await startRelay({
    script: new URL('relay.ts', import.meta.url),
    args: [file],
    ready: /listening on (ws:\S+)/,
  })
  const url = relay.said[1] ?? ''
  let files = 0
  let edits = 0
  let held: BaselineDevice | undefined
  const kept = new Map<string, BaselineDevice>()

  const open: BaselineStore[] = []

  const freshStore = (): BaselineStore => {
    const store = sqliteStore(join(folder, `device-${++files}.db`))
    open.push(store)
    return store
  }
  const joined = async (store: BaselineStore): Promise<BaselineDevice> => {
    const device = await connectDevice(url, store)
    await device.sync(0)
    return device
  }
  /** a connected device that stays for all rounds of a trial */
  const standing = async (name: string, store: () => BaselineStore): Promise<BaselineDevice> => {
    const device = kept.get(name) ?? (await joined(store()))
    kept.set(name, device)
    return device
  }
  /** a device that synced everything and left */
  const holder = async (): Promise<BaselineDevice> => {
    const device = await joined(freshStore())
    await device.close()
    return device
  }
  const change = (n: number): Change => ({
    id: benchId(n % records),
    column: EDITED_COLUMN,
    value: editedValue(++edits),
  })
  const changes = (count: number): Change[] => Array.from({ length: count }, (_, n) => change(n))

  const oneByOne = async (
    author: BaselineDevice,
    others: readonly BaselineDevice[],
    count: number,
  ): Promise<number[]> => {
    const latencies: number[] = []
    for (let n = 0; n < count; n++) {
      const seen = Promise.all(others.map(other => other.stored(1)))
      const start = performance.now()
      const acknowledged = author.send([change(n)])
      await seen
      latencies.push(performance.now() - start)
      await acknowledged
    }
    return latencies
  }

  const side: Side = {
    name: 'ws + JSON',
    firstSync: async () => {
      const store = freshStore()
      const start = performance.now()
      const device = await joined(store)
      const readable = store.get(benchId(0)) !== undefined
      const ms = performance.now() - start
      const count = store.count()
      await device.close()
      if (!readable || count !== records) throw new Error(`the baseline synced ${count} of ${records} records`)
      return { ms, records: count }
    },
    flush: async count => {
      const other = await standing('other', freshStore)
      const store = memoryStore()
      const batch = changes(count)
      const seen = other.stored(count)
      const start = performance.now()
      const author = await connectDevice(url, store)
      await author.send(batch)
      await seen
      const ms = performance.now() - start
      await author.close()
      return { ms }
    },
    live: async count => {
      const author = await standing('author', freshStore)
      const other = await standing('other', freshStore)
      return oneByOne(author, [other], count)
    },
    fanout: async (devices, count) => {
      const author = await standing('author', memoryStore)
      const others: BaselineDevice[] = []
      for (let n = 0; n < devices; n++) others.push(await standing(`other ${n}`, memoryStore))
      return oneByOne(author, others, count)
    },
    reconnect: async () => {
      held ??= await holder()
      const { rev, store } = held
      const start = performance.now()
      const device = await connectDevice(url, store)
      await device.sync(rev)
      const ms = performance.now() - start
      const { sent, received } = device.traffic
      await device.close()
      return { roundTrips: 1, up: sent, down: received, ms }
    },
    commit: async count => {
      const author = await standing('author', memoryStore)
      const before = await relay.cost()
      const start = performance.now()
      await Promise.all(changes(count).map(one => author.send([one])))
      const ms = performance.now() - start
      const after = await relay.cost()
      return { ms, transactions: count, relayCpuMs: after.cpuMs - before.cpuMs }
    },
    idleMemory: async () => (await relay.cost()).mb,
    sessionMemory: async () => {
      const before = await relay.cost()
      await standing('session', freshStore)
      return (await relay.cost()).mb - before.mb
    },
    close: async () => {
      for (const device of kept.values()) await device.close()
      for (const store of open) store.close()
      await relay.stop()
    },
  }
  return side
}
