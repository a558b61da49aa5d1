import {
  type Connect,
  connectWebSocket,
  createDevice,
  type LiveQuery,
  openMemoryStore,
  type Rejoin,
  type Store,
  syncUrl,
  systemHost,
  whenever,
} from '@rejoin/client'
import { openRejoin, openSqliteStore } from '@rejoin/client/node'
import { WebSocket } from 'ws'
import { BENCH_TABLE, benchId, type benchSchema, EDITED_COLUMN } from '../record.ts'

/** The devices of our side: what an app would open, and what it would watch. */
export type Device = Rejoin<typeof benchSchema>

/** A store that says when it has taken a row, as the baseline's devices do. */
export interface TellingStore extends Store {
  /** resolves when the next row that a relay tells of is stored */
  stored(): Promise<void>
}

export const telling = (store: Store): TellingStore => {
  let waiting: (() => void) | undefined
  return {
    get: (shelf, key) => store.get(shelf, key),
    scan: (shelf, range) => store.scan(shelf, range),
    close: () => store.close(),
    commit: (changes, durability) => {
      const done = store.commit(changes, durability)
      const tell = waiting
      if (tell !== undefined && changes.some(change => 'put' in change && change.put === 'overlay')) {
        waiting = undefined
        void done.then(tell)
      }
      return done
    },
    stored: () =>
      new Promise(resolve => {
        waiting = resolve
      }),
  }
}

export const sqliteStore = (path: string): Promise<Store> => openSqliteStore({ path })
export const memoryStore = async (): Promise<Store> => openMemoryStore()

/** Opened, not connected. */
export const openDevice = (url: string, token: string, store: Store): Promise<Device> =>
  openRejoin<typeof benchSchema>({ url, token, store, app: 'bench', connect: false })

/** The same device, whose frames are watched: a round trip begins with what it says after it has listened. */
export const openCounted = async (
  url: string,
  token: string,
  store: Store,
): Promise<{ readonly device: Device; readonly roundTrips: () => number }> => {
  const address = syncUrl(url)
  const connect = connectWebSocket(() => new WebSocket(address, { perMessageDeflate: false }) as never)
  let trips = 0
  const counted: Connect = handlers => {
    let waiting = false
    const message = (frame: Uint8Array): void => {
      waiting = false
      handlers.message(frame)
    }
    const { send, close } = connect({ ...handlers, message })
    return {
      close,
      send: frame => {
        if (!waiting) trips++
        waiting = true
        send(frame)
      },
    }
  }
  const device = await createDevice<typeof benchSchema>({
    url,
    token,
    store,
    app: 'bench',
    host: systemHost,
    connect: counted,
  })
  return { device, roundTrips: () => trips }
}

/** Connects a device that is offline; resolves when it is live. */
export const joined = async (device: Device): Promise<void> => {
  device.connect()
  await whenever(device.link, ({ state }) => state === 'live')
}

/** A new connection: relays count messages per connection, and devices pace themselves by that. */
export const rejoined = async (device: Device): Promise<void> => {
  device.disconnect()
  await joined(device)
}

export const edit = (device: Device, n: number, value: string): Promise<void> =>
  device.table(BENCH_TABLE).update(benchId(n), { [EDITED_COLUMN]: value })

export const valueOf = (device: Device, n: number): unknown =>
  device.table(BENCH_TABLE).get(benchId(n))?.[EDITED_COLUMN]

/** One live query per device, open as long as it is, as an app's list would be: the rows that were edited. */
const watched = new WeakMap<Device, Watched>()
type Row = Readonly<Record<string, unknown>>

interface Watched {
  readonly edited: LiveQuery<Row>
  readonly get: (id: string) => Row | undefined
}

const watch = (device: Device): Watched => {
  const known = watched.get(device)
  if (known !== undefined) return known
  const table = device.table(BENCH_TABLE)
  const edited = table.query({ where: { [EDITED_COLUMN]: { 'begins-with': 'visited' } } })
  const watching = { edited, get: table.get }
  watched.set(device, watching)
  return watching
}

/** Begins to watch at once; resolves when the list is told anew, as an app would draw it. */
export const told = (device: Device): Promise<void> =>
  new Promise(resolve => {
    const stop = watch(device).edited.subscribe(() => {
      stop()
      resolve()
    })
  })

/** Begins to watch at once; resolves when the list has been told anew and row `n` reads so. */
export const shown = async (device: Device, n: number, value: string): Promise<void> => {
  const { edited, get } = watch(device)
  const id = benchId(n)
  await whenever(edited, () => get(id)?.[EDITED_COLUMN] === value)
}

/** Every edit has been acknowledged and its confirmed row stored. */
export const settled = async (device: Device): Promise<void> => {
  await whenever(device.outbox, ({ length }) => length === 0)
}
