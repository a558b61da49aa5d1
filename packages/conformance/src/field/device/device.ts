import { openNetwork } from '../network.ts'
import { becomes } from '../see.ts'
import type { Device, DeviceFace, Opening } from '../system.ts'
import type { Place, Seat } from './place.ts'

export interface Made extends Opening {
  readonly place: Place
  readonly store: string
  readonly relay: string
  readonly token: string
  readonly away: boolean
  readonly unsynced: boolean
}

/** A device somewhere, behind a network of its own. `end` takes both away. */
export const makeDevice = async (
  made: Made,
): Promise<{ readonly device: Device; readonly end: () => Promise<void> }> => {
  const { place, store, relay, token, away, unsynced, ...first } = made
  const network = await openNetwork(relay)
  if (away) network.cut()
  let opening: Opening = first
  let seat: Seat | undefined
  const open = async (): Promise<void> => {
    seat = await place.open(store, { ...opening, url: network.url, token })
  }
  const ask = async (name: keyof DeviceFace, what: readonly unknown[]): Promise<unknown> => {
    if (seat === undefined) throw new Error(`the device ${store} is closed`)
    const closing = name === 'close' || name === 'reset' || name === 'signOut'
    const answer = await seat.ask(name, what)
    if (closing) seat = undefined
    return answer
  }
  const noticed = async (): Promise<void> =>
    void (await becomes(async () => (await device.facts()).link.state, 'offline'))
  const own: Omit<Device, keyof DeviceFace> = {
    store,
    cut: async () => {
      network.cut()
      await noticed()
    },
    cutAfter: async bytes => {
      await network.cutAfter(bytes)
      await noticed()
    },
    mend: network.join,
    join: async () => {
      network.join()
      await device.disconnect()
      await device.connect()
    },
    traffic: () => network.traffic,
    crash: async () => {
      await seat?.kill()
      await open()
    },
    reopen: async (otherwise = {}) => {
      if (seat !== undefined) await device.close()
      opening = { ...opening, ...otherwise }
      await open()
    },
  }
  const device = new Proxy(own as Device, {
    get: (_, name) =>
      name in own || name === 'then'
        ? own[name as keyof typeof own]
        : (...what: readonly unknown[]) => ask(name as keyof DeviceFace, what),
  })
  const end = async (): Promise<void> => {
    try {
      if (seat !== undefined) await device.close()
    } finally {
      await network.close()
    }
  }
  try {
    await open()
    if (!away && !unsynced) await becomes(async () => (await device.facts()).link, { state: 'live' })
    return { device, end }
  } catch (error) {
    await end().catch(() => undefined)
    throw error
  }
}
