import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRelay, type RelayProcess } from '../process.ts'
import { benchId, benchRow, EDITED_COLUMN } from '../record.ts'
import { openDatabase, seedDatabase } from './database.ts'
import { connectDevice } from './device.ts'
import { PAGE } from './messages.ts'
import { memoryStore, sqliteStore } from './store.ts'

const RECORDS = PAGE + 88

describe('the baseline', () => {
  let folder: string
  let relay: RelayProcess
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rejoin-baseline-'))
    seedDatabase(join(folder, 'relay.db'), RECORDS)
    relay = await startRelay({
      script: new URL('relay.ts', import.meta.url),
      args: [join(folder, 'relay.db')],
      ready: /listening on (ws:\S+)/,
    })
    url = relay.said[1] ?? ''
  })
  afterAll(async () => {
    await relay.stop()
    await rm(folder, { recursive: true })
  })

  it('stores every row of a first sync on the device, as it was seeded', async () => {
    const store = sqliteStore(join(folder, 'device.db'))
    const device = await connectDevice(url, store)
    await device.sync(0)
    expect(store.count()).toBe(RECORDS)
    for (const n of [0, 1, RECORDS - 1]) expect(store.get(benchId(n))).toEqual(benchRow(n).values)
    await device.close()
    store.close()
  })

  it('commits a batch once, acknowledges it, and the other device stores it; the author hears no echo', async () => {
    const [author, other] = [await connectDevice(url, memoryStore()), await connectDevice(url, memoryStore())]
    await author.sync(0)
    await other.sync(0)
    const before = author.rev
    const changes = [0, 1, 2].map(n => ({ id: benchId(n), column: EDITED_COLUMN, value: `batch ${n}` }))
    const seen = other.stored(3)
    await author.send(changes)
    await seen
    expect(author.rev).toBe(before + 1)
    for (const n of [0, 1, 2]) {
      expect(other.store.get(benchId(n))).toEqual({ ...benchRow(n).values, [EDITED_COLUMN]: `batch ${n}` })
    }
    expect(author.store.get(benchId(0))).toEqual(benchRow(0).values)
    const onDisk = openDatabase(join(folder, 'relay.db'))
    expect(onDisk.pragma('synchronous', { simple: true })).toBe(2)
    expect(onDisk.prepare('SELECT count(*) AS n FROM record WHERE rev = ?').get(before + 1)).toEqual({ n: 3 })
    onDisk.close()
    await author.close()
    await other.close()
  })

  it('sends a returning device only what changed since', async () => {
    const first = await connectDevice(url, memoryStore())
    await first.sync(0)
    await first.close()
    const again = await connectDevice(url, first.store)
    await again.sync(first.rev)
    expect(again.traffic.received).toBeLessThan(100)
    await again.close()
  })

  it('fails what its device waits for when the relay goes', async () => {
    const device = await connectDevice(url, memoryStore())
    await device.sync(0)
    const waiting = expect(device.stored(1)).rejects.toThrow('closed the connection')
    await relay.stop()
    await waiting
    expect(await readdir(folder)).toContain('relay.db')
  })
})
