import { toHex } from '@rejoin/profile'

/** What the machine gives a device: time, chance, timers. Handed in, so that tests and the simulator own them. */
export interface Host {
  /** ms since 1970 */
  now(): number
  /** cryptographically random bytes */
  random(length: number): Uint8Array
  /** runs once after `ms`; @returns cancels it */
  after(ms: number, run: () => void): () => void
  /** hears what an app's callback threw, and bugs of our own that nobody awaits */
  report(error: unknown): void
}

/** The machine itself: browsers and Node. */
export const systemHost: Host = {
  now: () => Date.now(),
  random: length => crypto.getRandomValues(new Uint8Array(length)),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  report: error => {
    // Uncaught on purpose: the app's own handlers for uncaught errors hear of it.
    setTimeout(() => {
      throw error
    })
  },
}

/** UUIDv7: ms since 1970, then 74 random bits. Ids made on a device are final (LW7). */
export const newUuid = ({ now, random }: Pick<Host, 'now' | 'random'>): string => {
  const time = Math.floor(now()).toString(16).padStart(12, '0')
  const chance = random(10)
  chance[0] = (chance[0]! & 0x0f) | 0x70
  chance[2] = (chance[2]! & 0x3f) | 0x80
  const hex = `${time}${toHex(chance)}`
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
