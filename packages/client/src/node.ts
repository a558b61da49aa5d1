// A device on Node: a store in a file, websockets from `ws`.
import { resolve } from 'node:path'
import type { SchemaSource } from '@rejoin/profile'
import { WebSocket } from 'ws'
import { createDevice, type Rejoin } from './device/device.ts'
import { systemHost } from './device/host.ts'
import type { OpenOptions } from './open.ts'
import { connectNodeSocket } from './session/node-socket.ts'
import { syncUrl } from './session/socket.ts'
import { createSharing } from './store/sharing.ts'
import { openSqliteStore } from './store/sqlite.ts'
import type { Store } from './store/store.ts'
import type { TabPorts } from './tabs/ports.ts'
import { openTab } from './tabs/tab.ts'

export { openSqliteStore } from './store/sqlite.ts'
export { createChannelSpace } from './tabs/channel.ts'
export { createLockSpace } from './tabs/locks.ts'
export type { TabPorts } from './tabs/ports.ts'

/** As in a browser, with a file instead of a database's name. */
export type NodeOptions<S extends SchemaSource> = Omit<OpenOptions<S>, 'name' | 'store' | 'tabs'> &
  (
    | { /** the store's file, one per user and environment */ readonly path: string; readonly tabs?: TabPorts }
    | { readonly store: Store; readonly tabs?: undefined }
    | {
        /** a handle of this opener alone, on what all of the same `name` share */
        readonly store: Store
        /**
         * joins several openers in this program, as tabs of a browser are joined: one of them writes and speaks with the
         * relay. Each enters one lock space (`createLockSpace`) and opens channels of one channel space.
         */
        readonly tabs: TabPorts
        readonly name: string
      }
  )

/**
 * Opens a device on Node, and connects unless told otherwise. A file has one program at a time; within it `tabs` let
 * several openers be one device.
 * @throws StoreFault `busy`, `newer`, `damaged`: the store cannot be opened
 */
export const openRejoin = async <const S extends SchemaSource = SchemaSource>(
  options: NodeOptions<S>,
): Promise<Rejoin<S>> => {
  const { url, host = systemHost, connect: wanted = true, tabs } = options
  const address = syncUrl(url)
  const connect = connectNodeSocket(() => new WebSocket(address, { perMessageDeflate: false }))
  if (tabs === undefined) {
    const store = 'store' in options ? options.store : await openSqliteStore({ path: options.path })
    const rejoin = await createDevice<S>({ ...options, store, host, connect })
    if (wanted) rejoin.connect()
    return rejoin
  }
  const { name, store } = 'store' in options ? options : await sharedFile(resolve(options.path))
  try {
    return await openTab<S>({ ...options, store, host, connect, ports: tabs, name, wanted })
  } catch (fault) {
    await store.close()
    throw fault
  }
}

const share = createSharing()

const sharedFile = async (path: string): Promise<{ readonly name: string; readonly store: Store }> => ({
  name: path,
  store: await share(path, () => openSqliteStore({ path })),
})
