import { type LiveQuery, openMemoryStore, type Query, type Rejoin, type Store, shelves } from '@rejoin/client'
import { BENCH_TABLE, benchId, type benchSchema, EDITED_COLUMN } from '../record.ts'
import { type Asked, ID, type Library, type Opening, type Row } from './library.ts'

/** Our side of the device bench; what differs between Node and a page is handed in. */
export interface Machine {
  store(place: string): Promise<Store>
  /** a device, not connected; its store lies in the place unless it is given */
  device(opening: Opening, store?: Store): Promise<Device>
  remove(place: string): Promise<void>
}

export type Device = Rejoin<typeof benchSchema>

export const rejoinLibrary = (opening: Opening, { store, device: openDevice, remove }: Machine): Library => {
  const { place, records, library } = opening
  let device: Device | undefined
  const opened = (): Device => {
    if (device === undefined) throw new Error('the device is not open')
    return device
  }
  const query = (asked: Asked): LiveQuery<Row> => opened().table(BENCH_TABLE).query(queryOf(asked))

  /** The pages of the first sync, written once more as it writes them: one by one, relaxed. */
  const writePages = async (): Promise<number> => {
    const again = `${place}-again`
    const from = await store(place)
    const pages = await from.scan('page')
    await from.close()
    const into = await store(again)
    const start = performance.now()
    for (const [key, value] of pages) await into.commit([{ put: 'page', key, value }], 'relaxed')
    const ms = performance.now() - start
    await into.close()
    await remove(again)
    return ms
  }
  const openIt = async (): Promise<void> => {
    device = await openDevice(opening, library === 'rejoin' ? undefined : await copied(await store(place)))
  }

  return {
    fill: async () => {
      const start = performance.now()
      await openIt()
      await opened().firstSync()
      const readable = opened().table(BENCH_TABLE).get(benchId(0)) !== undefined
      const whole = performance.now() - start
      const held = Object.values(opened().fingerprint()).reduce((sum, { rows }) => sum + rows, 0)
      if (!readable || held !== records) throw new Error(`the device synced ${held} of ${records} records`)
      await opened().close()
      const stored = await writePages()
      await openIt()
      return { whole, stored }
    },
    open: openIt,
    list: async asked => {
      const list = query(asked)
      const { length } = list.current
      list.close()
      return length
    },
    save: (n, value) =>
      opened()
        .table(BENCH_TABLE)
        .update(benchId(n), { [EDITED_COLUMN]: value }),
    watch: async (asked, told) => {
      const list = query(asked)
      const { length } = list.current
      if (length === 0) throw new Error('the list has no rows')
      list.subscribe(told)
      return list.close
    },
    close: async () => {
      await device?.close()
      device = undefined
    },
  }
}

const queryOf = (asked: Asked): Query => {
  if (asked === 'all') return { orderBy: ID }
  if ('customer' in asked) return { where: { customer: asked.customer } }
  return { where: { price: { gt: asked.above } } }
}

const copied = async (from: Store): Promise<Store> => {
  const into = openMemoryStore()
  for (const shelf of shelves) {
    const changes = (await from.scan(shelf)).map(([key, value]) => ({ put: shelf, key, value }))
    await into.commit(changes)
  }
  await from.close()
  return into
}
