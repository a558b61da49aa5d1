import type { PeerTransport } from '@rejoin/client'
import type { SimulatedDevice } from './device.ts'

/**
 * Devices side by side: a held queue in each direction between two of them, as between device and relay. Only devices
 * of one user speak to each other yet.
 */
export interface Meetings {
  /** the two begin, or end, to be in reach of each other */
  toggle(a: SimulatedDevice, b: SimulatedDevice): void
  /** @returns whether anything was on its way */
  deliver(count: number): boolean
  /** a device has died: its lines with it */
  drop(device: number): void
  meets(device: number): boolean
  readonly frames: number
}

interface Line {
  readonly ends: readonly [number, number]
  readonly queues: readonly [Uint8Array[], Uint8Array[]]
  readonly hears: [((frame: Uint8Array) => void) | undefined, ((frame: Uint8Array) => void) | undefined]
  readonly part: (() => void)[]
}

/** @param heard every frame, before it arrives */
export const createMeetings = (heard: (device: number, frame: Uint8Array) => void): Meetings => {
  const lines: Line[] = []
  let frames = 0

  const end = (line: Line): void => {
    lines.splice(lines.indexOf(line), 1)
    for (const part of line.part) part()
  }

  const transport = (line: Line, side: 0 | 1): PeerTransport => ({
    send: frame => void line.queues[side].push(frame),
    receive: listener => {
      line.hears[side] = listener
      return () => {
        line.hears[side] = undefined
      }
    },
  })

  return {
    toggle: (a, b) => {
      const known = lines.find(({ ends }) => ends.includes(a.index) && ends.includes(b.index))
      if (known !== undefined) return end(known)
      const line: Line = { ends: [a.index, b.index], queues: [[], []], hears: [undefined, undefined], part: [] }
      lines.push(line)
      line.part.push(a.meet(transport(line, 0)), b.meet(transport(line, 1)))
    },
    deliver: count => {
      let any = false
      for (const { ends, queues, hears } of [...lines]) {
        for (const side of [0, 1] as const) {
          for (const frame of queues[side].splice(0, count)) {
            any = true
            frames++
            const other = side === 0 ? 1 : 0
            heard(ends[other], frame)
            hears[other]?.(frame)
          }
        }
      }
      return any
    },
    drop: device => {
      for (const line of lines.filter(({ ends }) => ends.includes(device))) end(line)
    },
    meets: device => lines.some(({ ends }) => ends.includes(device)),
    get frames() {
      return frames
    },
  }
}
