import { broken } from './failure.ts'

/**
 * The wire between devices and relay, held by the test: each link has a queue per direction, and a frame arrives when
 * a step says so. Order is kept, as a socket keeps it; a lost frame is a broken socket.
 */
export interface Link {
  readonly device: number
  /** frames on their way to the relay, and to the device */
  readonly up: Uint8Array[]
  readonly down: Uint8Array[]
  alive: boolean
  /** something has reached the relay */
  greeted: boolean
}

/** The relay's end of a link. */
export interface RelayEnd {
  receive(frame: Uint8Array): void
  closed(): void
}

/** The device's end of a link. */
export interface DeviceEnd {
  receive(frame: Uint8Array): void
  closed(code: number): void
}

export interface Watcher {
  /** every frame a device is sent, before it is on its way */
  readonly sent: (device: number, frame: Uint8Array) => void
  /** every frame that reaches the relay */
  readonly arrived: (device: number, frame: Uint8Array) => void
}

export interface Network {
  /** @returns undefined where there is no way to the relay now */
  dial(device: number, end: DeviceEnd): Dialled | undefined
  links(): readonly Link[]
  /** @returns whether there was anything */
  deliver(link: Link, direction: 'up' | 'down', count: number): boolean
  /** Puts a frame in front of, or behind, what waits for the relay; never before the greeting. */
  inject(link: Link, frame: Uint8Array, place: 'first' | 'last'): void
  /** The socket breaks; what is on its way is lost. `half`: the relay has not noticed yet. */
  cut(link: Link, half?: boolean): void
  reach(device: number, reachable: boolean): void
  isReachable(device: number): boolean
}

export interface Dialled {
  send(frame: Uint8Array): void
  close(): void
}

interface Wired extends Link {
  readonly relayEnd: RelayEnd
  readonly deviceEnd: DeviceEnd
}

/** @param answer the relay picks up, or does not */
export const createNetwork = (
  answer: (link: Link, toDevice: { send(frame: Uint8Array): void; close(code: number): void }) => RelayEnd | undefined,
  watcher: Watcher,
): Network => {
  const wired: Wired[] = []
  const unreachable = new Set<number>()
  const wire = (link: Link): Wired => wired.find(each => each === link) ?? broken('a link exists', 'it does not')

  const end = (link: Wired, code: number, half = false): void => {
    if (!link.alive) return
    link.alive = false
    link.up.length = 0
    link.down.length = 0
    wired.splice(wired.indexOf(link), 1)
    link.deviceEnd.closed(code)
    if (!half) link.relayEnd.closed()
  }

  return {
    dial: (device, deviceEnd) => {
      if (unreachable.has(device)) return undefined
      const link: Link = { device, up: [], down: [], alive: true, greeted: false }
      let closing = false
      const relayEnd = answer(link, {
        send: frame => {
          if (!link.alive || closing) return
          watcher.sent(device, frame)
          link.down.push(frame)
        },
        close: code => {
          closing = true
          // What the relay said before it hung up still arrives.
          link.down.push(closingFrame(code))
        },
      })
      if (relayEnd === undefined) return undefined
      const whole: Wired = Object.assign(link, { relayEnd, deviceEnd })
      wired.push(whole)
      return {
        send: frame => {
          if (link.alive) link.up.push(frame.slice())
        },
        close: () => end(whole, 1000),
      }
    },
    links: () => wired,
    deliver: (link, direction, count) => {
      const { relayEnd, deviceEnd } = wire(link)
      const queue = link[direction]
      let any = false
      for (; count > 0 && queue.length > 0 && link.alive; count--) {
        any = true
        const frame = queue.shift()!
        const code = closeCodeOf(frame)
        if (code !== undefined) end(wire(link), code)
        else if (direction === 'down') deviceEnd.receive(frame)
        else {
          link.greeted = true
          watcher.arrived(link.device, frame)
          relayEnd.receive(frame)
        }
      }
      return any
    },
    inject: (link, frame, place) => {
      if (place === 'first' && link.greeted) link.up.unshift(frame)
      else if (link.greeted || link.up.length > 0) link.up.push(frame)
    },
    cut: (link, half = false) => end(wire(link), 1006, half),
    reach: (device, reachable) => {
      if (reachable) unreachable.delete(device)
      else unreachable.add(device)
    },
    isReachable: device => !unreachable.has(device),
  }
}

/** Stands in the queue for the close itself: no frame of the protocol is this short. */
const closingFrame = (code: number): Uint8Array => Uint8Array.of(code >> 8, code & 0xff)
const closeCodeOf = (frame: Uint8Array): number | undefined =>
  frame.length === 2 ? frame[0]! * 256 + frame[1]! : undefined
