import type { SchemaSource } from '@rejoin/profile'
import { createDevice, type DeviceOptions, type Rejoin } from './device/device.ts'
import { RejoinFault } from './device/fault.ts'
import { type Host, systemHost } from './device/host.ts'
import { connectWebSocket, syncUrl } from './session/socket.ts'
import { browserStorage, mayKeep, nothingKept } from './storage/browser.ts'
import { withHeadroom } from './storage/headroom.ts'
import { openIndexedDbStore } from './store/indexeddb.ts'
import { openMemoryStore } from './store/memory.ts'
import { type Store, StoreFault } from './store/store.ts'
import { systemPorts, type TabPorts } from './tabs/ports.ts'
import { openTab } from './tabs/tab.ts'

/** What a device needs to open: who its user is, which relay it belongs to, and what an app may set otherwise. */
export interface OpenOptions<S extends SchemaSource> extends Pick<
  DeviceOptions,
  | 'token'
  | 'app'
  | 'release'
  | 'commands'
  | 'strategies'
  | 'autoSend'
  | 'consolidate'
  | 'fetch'
  | 'storage'
  | 'documents'
> {
  /** the relay's address, `https://...` */
  readonly url: string
  /** types tables and rows; the relay's schema is the one in force */
  readonly schema?: S
  /** one per user and environment; the name of the database in the browser */
  readonly name?: string
  /** instead of the browser's own; this program alone has it open, unless `tabs` are given too */
  readonly store?: Store
  /** what joins the tabs of one browser, instead of its own locks and channels */
  readonly tabs?: TabPorts
  /** time, chance and timers; the machine's own where absent. Tests hand in theirs */
  readonly host?: Host
  /** connects at once (the default) */
  readonly connect?: boolean
}

/**
 * Opens the device of this browser, one in all its tabs: one of them writes and speaks with the relay, another one as
 * soon as that one is gone. Where the browser keeps no data of the site each tab is a device in memory, and says so by
 * `storage.current.durability` and its status.
 * @throws StoreFault `newer`, `blocked`, `full` or `damaged`: the store of this browser cannot be opened
 * @throws RejoinFault `unsupported` where there are no websockets
 */
export const openRejoin = async <const S extends SchemaSource = SchemaSource>(
  options: OpenOptions<S>,
): Promise<Rejoin<S>> => {
  const { url, name = 'rejoin', host = systemHost, connect: wanted = true, store: own, tabs } = options
  if (typeof WebSocket !== 'function') throw noWebSocket()
  const address = syncUrl(url)
  const connect = connectWebSocket(() => new WebSocket(address))
  if (own !== undefined && tabs === undefined) {
    const rejoin = await createDevice<S>({ ...options, store: own, host, connect })
    if (wanted) rejoin.connect()
    return rejoin
  }
  let takenAway: (fault: StoreFault) => void = () => {}
  const gone = new Promise<StoreFault>(resolve => (takenAway = resolve))
  const store = own ?? (await openKept(name, host, takenAway))
  if (store === undefined) {
    const rejoin = await createDevice<S>({ ...options, store: openMemoryStore(), host, connect, storage: nothingKept })
    if (wanted) rejoin.connect()
    return rejoin
  }
  try {
    return await openTab<S>({
      storage: browserStorage(name),
      ...options,
      store,
      host,
      connect,
      ports: tabs ?? systemPorts(),
      name,
      wanted,
      gone,
    })
  } catch (fault) {
    await store.close()
    throw fault
  }
}

/** The browser's database; undefined where it keeps none for this page. */
const openKept = async (
  name: string,
  { random }: Host,
  gone: (fault: StoreFault) => void,
): Promise<Store | undefined> => {
  if (!mayKeep()) return undefined
  try {
    return withHeadroom(await openIndexedDbStore({ name, gone }), { random })
  } catch (error) {
    // A browser that keeps nothing has the name all the same; a program without it is none, and has a better way.
    if (error instanceof StoreFault && error.code === 'gone' && 'indexedDB' in globalThis) return undefined
    throw error
  }
}

const noWebSocket = (): RejoinFault =>
  new RejoinFault({
    code: 'unsupported',
    message: 'this program has no WebSocket',
    fix: 'on Node, open with @rejoin/client/node',
  })
