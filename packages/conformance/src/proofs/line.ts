import { decodeDown, decodeUp, type Down, type Up } from '@rejoin/profile'
import type { Core } from '@rejoin/server'

/**
 * The line between one device and the relay: frames are delivered in order, each in a turn of its own. It can be
 * held, cut, or out of reach, and it remembers every frame that went over it, for counting and for scanning.
 */
export interface Line {
  /** the device's end; absent while there is no way to the relay */
  dial(end: DeviceEnd): Dialled | undefined
  readonly frames: readonly Carried[]
  /** whether there is a way to the relay */
  readonly reachable: boolean
  /** no way to the relay from now on: what is on its way is lost */
  cut(): void
  /** the way is back; who wants it must dial */
  join(): void
  /** the device's end is gone without a word; the way is as it was */
  lose(): void
  /** a frame of before comes to the relay again, on the session there is now */
  inject(frame: Uint8Array): void
  /** what is sent this way waits */
  hold(direction: Direction): void
  release(direction: Direction): void
  /** delivers one frame of a direction that is held; @returns whether there was one */
  step(direction: Direction): boolean
  /** asked before each frame is delivered; `cut` loses the frame and the line with it, `twice` delivers it twice */
  watch(judge: ((frame: Carried) => Fate) | undefined): void
  /** grows with everything that moves: what stands still is calm */
  readonly moved: number
}

export type Direction = 'up' | 'down'
export type Fate = 'deliver' | 'twice' | 'lose' | 'cut'
export type Carried =
  | { readonly direction: 'up'; readonly bytes: Uint8Array; readonly message: Up }
  | { readonly direction: 'down'; readonly bytes: Uint8Array; readonly message: Down }

export interface DeviceEnd {
  opened(): void
  receive(frame: Uint8Array): void
  closed(code: number): void
}

export interface Dialled {
  send(frame: Uint8Array): void
  close(): void
}

interface Connection {
  end(code: number): void
  flow(): void
  inject(frame: Uint8Array): void
  step(direction: Direction): boolean
}

export const createLine = (relay: () => Core): Line => {
  const frames: Carried[] = []
  let reachable = true
  let moved = 0
  let judge: ((frame: Carried) => Fate) | undefined
  let current: Connection | undefined
  const held = new Set<Direction>()

  const dial = (device: DeviceEnd): Dialled | undefined => {
    moved++
    if (!reachable) return undefined
    let alive = true
    let flowing = false
    const queue: Record<Direction, (Uint8Array | number)[]> = { up: [], down: [] }
    const session = relay().connect({
      send: frame => put('down', frame),
      close: code => put('down', code),
      buffered: () => 0,
    })

    const end = (code: number): void => {
      if (!alive) return
      alive = false
      if (current === connection) current = undefined
      session.closed()
      device.closed(code)
    }

    const put = (direction: Direction, item: Uint8Array | number): void => {
      if (!alive) return
      queue[direction].push(typeof item === 'number' ? item : item.slice())
      flow()
    }

    const flow = (): void => {
      if (flowing) return
      flowing = true
      setImmediate(() => {
        flowing = false
        for (const direction of ['up', 'down'] as const) {
          const next = held.has(direction) || !alive ? undefined : queue[direction].shift()
          if (next !== undefined) carry(direction, next)
        }
        if (alive && (['up', 'down'] as const).some(each => queue[each].length > 0 && !held.has(each))) flow()
      })
    }

    const carry = (direction: Direction, item: Uint8Array | number): void => {
      moved++
      if (typeof item === 'number') return end(item)
      const carried = readFrame(direction, item)
      frames.push(carried)
      const fate = judge?.(carried) ?? 'deliver'
      if (fate === 'lose') return
      if (fate === 'cut') {
        reachable = false
        return end(1006)
      }
      for (let times = fate === 'twice' ? 2 : 1; times > 0; times--) {
        if (direction === 'up') void session.receive(item.slice())
        else device.receive(item.slice())
      }
    }

    const connection: Connection = {
      end,
      flow,
      inject: frame => put('up', frame),
      step: direction => {
        const next = queue[direction].shift()
        if (next !== undefined) carry(direction, next)
        return next !== undefined
      },
    }
    current?.end(1006)
    current = connection
    setImmediate(() => {
      if (alive) device.opened()
    })
    return { send: frame => put('up', frame), close: () => end(1000) }
  }

  return {
    dial,
    frames,
    cut: () => {
      reachable = false
      moved++
      current?.end(1006)
    },
    join: () => {
      reachable = true
    },
    lose: () => current?.end(1006),
    inject: frame => {
      moved++
      current?.inject(frame)
    },
    hold: direction => void held.add(direction),
    release: direction => {
      held.delete(direction)
      current?.flow()
    },
    step: direction => current?.step(direction) ?? false,
    watch: next => {
      judge = next
    },
    get reachable() {
      return reachable
    },
    get moved() {
      return moved
    },
  }
}

const readFrame = (direction: Direction, bytes: Uint8Array): Carried =>
  direction === 'up' ? { direction, bytes, message: decodeUp(bytes) } : { direction, bytes, message: decodeDown(bytes) }

/** Bytes that went one way, of some kinds of message or of all. */
export const weightOf = (
  frames: readonly Carried[],
  direction: Direction,
  ...types: Carried['message']['type'][]
): number =>
  frames
    .filter(frame => frame.direction === direction && (types.length === 0 || types.includes(frame.message.type)))
    .reduce((sum, { bytes }) => sum + bytes.length, 0)

export const typesOf = (frames: readonly Carried[], direction: Direction): readonly string[] =>
  frames.filter(frame => frame.direction === direction).map(({ message }) => message.type)
