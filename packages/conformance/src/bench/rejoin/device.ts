import { openMemoryStore, type Rejoin, type Store, whenever } from '@rejoin/client'
import { openRejoin, openSqliteStore } from '@rejoin/client/node'
import { BENCH_TABLE, benchId, type benchSchema, EDITED_COLUMN } from '../record.ts'

/** The devices of our side: what an app would open, and what it would watch. */
export type Device = Rejoin<typeof benchSchema>

export const sqliteStore = (path: string): Promise<Store> => openSqliteStore({ path })
export const memoryStore = async (): Promise<Store> => openMemoryStore()

/** Opened, not connected. */
export const openDevice = (url: string, token: string, store: Store): Promise<Device> =>
  openRejoin<typeof benchSchema>({ url, token, store, app: 'bench', connect: false })

/** Connects a device that is offline; resolves when it is live. */
export const joined = async (device: Device): Promise<void> => {
  device.connect()
  await whenever(device.status, ({ link }) => link === 'live')
}

/** A new connection: relays count messages per connection, and devices pace themselves by that. */
export const rejoined = async (device: Device): Promise<void> => {
  device.disconnect()
  await joined(device)
}

export const edit = (device: Device, n: number, value: string): Promise<void> =>
  device.table(BENCH_TABLE).update(benchId(n), { [EDITED_COLUMN]: value })

export const valueOf = (device: Device, n: number): unknown => device.table(BENCH_TABLE).get(benchId(n))?.[EDITED_COLUMN]

/** Begins to watch at once; resolves when a row with that value has been stored and is shown. */
export const shown = async (device: Device, value: string): Promise<void> => {
  const rows = device.table(BENCH_TABLE).query({ where: { [EDITED_COLUMN]: value } })
  try {
    await whenever(rows, found => found.length > 0)
  } finally {
    rows.close()
  }
}

/** Every edit has been acknowledged and its confirmed row stored. */
export const settled = async (device: Device): Promise<void> => {
  await whenever(device.outbox, ({ length }) => length === 0)
}
