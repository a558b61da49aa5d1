import { pick } from '../simulator/chance.ts'
import type { Desk } from './desk.ts'
import type { Land } from './land.ts'
import type { Step } from './plan.ts'

/** What happens to machines, lines and sign-ins. */
export const befall = async (land: Land, desk: Desk, { kind, r: [a, b, c] }: Step): Promise<void> => {
  const { rig } = land
  const { line } = desk.device
  switch (kind) {
    case 'cut':
      return line.cut()
    case 'reach':
      line.watch(undefined)
      return line.join()
    case 'cut-at-frame': {
      let left = a % 12
      return line.watch(() => (left-- === 0 ? 'cut' : 'deliver'))
    }
    case 'twice':
      return line.watch(({ direction, message }) =>
        direction === 'up' && (message.type === 'push' || message.type === 'withdraw') ? 'twice' : 'deliver',
      )
    case 'replay': {
      const own = desk.device.id()
      const earlier = line.frames.filter(
        ({ message }) => message.type === 'push' && message.edits.every(({ device }) => device === own),
      )
      if (earlier.length > 0 && desk.device.status() === 'live') line.inject(pick(earlier, a).bytes)
      return
    }
    case 'hold':
      line.hold(pick(['up', 'down'] as const, a))
      await land.pass(1_000 + (b % 5_000))
      line.release('up')
      return line.release('down')
    case 'crash':
      await desk.device.crash()
      return desk.began()
    case 'restart':
      return rig.restart(pick(['stop', 'kill'] as const, a))
    case 'sign-in-expires':
      desk.signedIn = false
      return desk.expire()
    case 'sign-in-renewed':
      desk.signedIn = true
      return
    case 'cache-expires':
      line.cut()
      await rig.time.leap(50 * 3_600_000)
      return
    case 'wait':
      return land.pass(pick([200, 1_000, 5_000, 30_000], c))
    default:
  }
}

/** All of them are over. */
export const calmDown = async ({ desks }: Land): Promise<void> => {
  for (const { device } of desks) {
    device.line.watch(undefined)
    device.line.release('up')
    device.line.release('down')
    device.line.join()
  }
}
