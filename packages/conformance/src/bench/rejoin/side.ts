import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Store } from '@rejoin/client'
import { editedValue } from '../record.ts'
import type { OpenSide, Side } from '../sides.ts'
import { countCommits, seedDatabase } from './database.ts'
import {
  type Device,
  edit,
  joined,
  memoryStore,
  openCounted,
  openDevice,
  rejoined,
  settled,
  shown,
  sqliteStore,
  telling,
  type TellingStore,
  told,
  valueOf,
} from './device.ts'
import { measureParts } from './parts.ts'
import { openBenchRelay } from './relay.ts'

/** Our side: the relay by `rejoin serve`, devices by `openRejoin`, each edit saved on its device before it leaves. */
export const openRejoinSide: OpenSide = async ({ records, folder }) => {
  const { url, file, tokens, relay } = await openBenchRelay({ records, folder })
  let devices = 0
  let edits = 0
  const open = new Set<Device>()
  const kept = new Map<string, Device>()
  const audienceStores: TellingStore[] = []
  let holder: Awaited<ReturnType<typeof openCounted>> | undefined
  /** a database for the replay of a commit's parts */
  let replayed: string | undefined

  const freshStore = (): Promise<Store> => sqliteStore(join(folder, `device-${devices}.db`))
  const opened = async (store: Store): Promise<Device> => {
    const device = await openDevice(url, tokens[devices++ % tokens.length] ?? '', store)
    open.add(device)
    return device
  }
  /** a device that stays for all rounds of a trial, with every row; connected */
  const standing = async (name: string, store: () => Promise<Store>): Promise<Device> => {
    const known = kept.get(name)
    if (known !== undefined) return known
    const device = await opened(await store())
    kept.set(name, device)
    await joined(device)
    return device
  }
  const ended = async (device: Device): Promise<void> => {
    open.delete(device)
    await device.close()
  }

  const countedHolder = async (): ReturnType<typeof openCounted> => {
    const counted = await openCounted(url, tokens[devices++ % tokens.length] ?? '', await freshStore())
    open.add(counted.device)
    await joined(counted.device)
    return counted
  }
  const seededCopy = async (): Promise<string> => {
    const path = join(folder, 'replay.db')
    await seedDatabase(path, records)
    return path
  }

  /** @param heard resolves when that device has the edit that is made now, in the sense that is measured */
  const oneByOne = async (
    author: Device,
    others: readonly Device[],
    count: number,
    heard: (device: Device) => Promise<void>,
  ): Promise<number[]> => {
    await rejoined(author)
    const latencies: number[] = []
    for (let n = 0; n < count; n++) {
      const value = editedValue(++edits)
      const seen = Promise.all(others.map(heard))
      const start = performance.now()
      const saved = edit(author, n % records, value)
      await seen
      latencies.push(performance.now() - start)
      // Outside of the clock: the baseline does not look either.
      const astray = others.filter(other => valueOf(other, n % records) !== value).length
      if (astray > 0) throw new Error(`${astray} of ${others.length} devices have another edit than ${value}`)
      await saved
      await settled(author)
    }
    return latencies
  }

  const side: Side = {
    name: 'rejoin',
    firstSync: async () => {
      const store = await freshStore()
      const start = performance.now()
      const device = await opened(store)
      await device.firstSync()
      const readable = valueOf(device, 0) !== undefined
      const ms = performance.now() - start
      const count = Object.values(device.fingerprint()).reduce((sum, { rows }) => sum + rows, 0)
      await ended(device)
      if (!readable || count !== records) throw new Error(`the device synced ${count} of ${records} records`)
      return { ms, records: count }
    },
    flush: async count => {
      const other = await standing('other', freshStore)
      const author = await standing('author', freshStore)
      author.disconnect()
      const values = Array.from({ length: count }, () => editedValue(++edits))
      await Promise.all(values.map((value, n) => edit(author, n % records, value)))
      const seen = shown(other, (count - 1) % records, values.at(-1) ?? '')
      const start = performance.now()
      author.connect()
      await seen
      await settled(author)
      const ms = performance.now() - start
      const missing = values.findIndex((value, n) => valueOf(other, n % records) !== value)
      if (missing >= 0 && count <= records)
        throw new Error(`edit ${missing} of ${count} did not reach the other device`)
      return { ms }
    },
    live: async count =>
      oneByOne(await standing('author', freshStore), [await standing('other', freshStore)], count, told),
    fanout: async (audience, count, lists) => {
      const author = await standing('author', memoryStore)
      const stores = new Map<Device, TellingStore>()
      for (let n = 0; n < audience; n++) {
        const store = audienceStores[n] ?? telling(await memoryStore())
        audienceStores[n] = store
        stores.set(await standing(`other ${n}`, async () => store), store)
      }
      const heard = lists === true ? told : (device: Device) => stores.get(device)!.stored()
      return oneByOne(author, [...stores.keys()], count, heard)
    },
    reconnect: async () => {
      holder ??= await countedHolder()
      const { device, roundTrips } = holder
      device.disconnect()
      const { sent, received } = device.stats
      const before = roundTrips()
      const start = performance.now()
      await joined(device)
      const ms = performance.now() - start
      return {
        roundTrips: roundTrips() - before,
        up: device.stats.sent - sent,
        down: device.stats.received - received,
        ms,
      }
    },
    commit: async count => {
      const author = await standing('author', memoryStore)
      await rejoined(author)
      const commits = countCommits(file)
      const before = await relay.cost()
      const start = performance.now()
      await Promise.all(Array.from({ length: count }, (_, n) => edit(author, n % records, editedValue(++edits))))
      await settled(author)
      const ms = performance.now() - start
      const after = await relay.cost()
      const transactions = countCommits(file) - commits
      replayed ??= await seededCopy()
      const parts = await measureParts(replayed, Math.min(count, records))
      return { ms, transactions, relayCpuMs: after.cpuMs - before.cpuMs, parts }
    },
    idleMemory: async () => (await relay.cost()).mb,
    sessionMemory: async () => {
      const before = await relay.cost()
      await standing('session', freshStore)
      return (await relay.cost()).mb - before.mb
    },
    close: async () => {
      for (const device of open) await device.close()
      await relay.stop()
    },
  }
  return side
}
