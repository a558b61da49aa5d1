import type { SchemaSource } from '@rejoin/profile'
import { createDevice, type DeviceOptions, type Rejoin } from './device/device.ts'
import { type Host, systemHost } from './device/host.ts'
import { connectWebSocket, syncUrl } from './session/socket.ts'
import { openIndexedDbStore } from './store/indexeddb.ts'
import type { Store } from './store/store.ts'

export interface OpenOptions<S extends SchemaSource> extends Pick<
  DeviceOptions,
  'token' | 'app' | 'commands' | 'autoSend' | 'fetch'
> {
  /** the relay's address, `https://...` */
  readonly url: string
  /** types tables and rows; the relay's schema is the one in force */
  readonly schema?: S
  /** one per user and environment; the name of the database in the browser */
  readonly name?: string
  /** instead of the browser's own */
  readonly store?: Store
  readonly host?: Host
  /** connects at once (the default) */
  readonly connect?: boolean
}

/** Opens the device of this browser. Rejects with `StoreFault` where the store cannot be read. */
export const openRejoin = async <const S extends SchemaSource = SchemaSource>(
  options: OpenOptions<S>,
): Promise<Rejoin<S>> => {
  const { url, name = 'rejoin', host = systemHost, connect = true } = options
  const store = options.store ?? (await openIndexedDbStore({ name }))
  const address = syncUrl(url)
  const rejoin = await createDevice<S>({
    ...options,
    store,
    host,
    connect: connectWebSocket(() => new WebSocket(address)),
  })
  if (connect) rejoin.connect()
  return rejoin
}
