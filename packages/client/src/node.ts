// A device on Node: a store in a file, websockets from `ws`.
import type { SchemaSource } from '@rejoin/profile'
import { WebSocket } from 'ws'
import { createDevice, type Rejoin } from './device/device.ts'
import { systemHost } from './device/host.ts'
import type { OpenOptions } from './open.ts'
import { connectWebSocket, syncUrl, type WebSocketLike } from './session/socket.ts'
import { openSqliteStore } from './store/sqlite.ts'
import type { Store } from './store/store.ts'

export { openSqliteStore } from './store/sqlite.ts'

/** As in a browser, with a file instead of a database's name. One program has it open at a time. */
export type NodeOptions<S extends SchemaSource> = Omit<OpenOptions<S>, 'name' | 'store'> &
  ({ /** the store's file */ readonly path: string } | { readonly store: Store })

/**
 * Opens a device on Node, and connects unless told otherwise. @throws StoreFault `busy`, `newer`, `damaged`: the
 * store cannot be opened
 */
export const openRejoin = async <const S extends SchemaSource = SchemaSource>(
  options: NodeOptions<S>,
): Promise<Rejoin<S>> => {
  const { url, host = systemHost, connect = true } = options
  const store = 'store' in options ? options.store : await openSqliteStore({ path: options.path })
  const address = syncUrl(url)
  const open = (): WebSocketLike => new WebSocket(address, { perMessageDeflate: false }) as unknown as WebSocketLike
  const rejoin = await createDevice<S>({ ...options, store, host, connect: connectWebSocket(open) })
  if (connect) rejoin.connect()
  return rejoin
}
