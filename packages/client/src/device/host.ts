import { pooled, toHex } from '@rejoin/profile'

/** What the machine gives a device: time, chance, timers. Handed in, so that tests and the simulator own them. */
export interface Host {
  /** ms since 1970 */
  now(): number
  /** cryptographically random bytes */
  random(length: number): Uint8Array
  /** runs once after `ms`; @returns cancels it */
  after(ms: number, run: () => void): () => void
  /** absent: nobody pays for it by the byte */
  readonly network?: Network
  /** hears what an app's callback threw, and bugs of our own that nobody awaits */
  report(error: unknown): void
}

/** What the network costs (DS11). */
export interface Network {
  /** it is not Wi-Fi, or the user saves data */
  metered(): boolean
  /** @returns stops watching */
  watch(changed: () => void): () => void
}

/** Of browsers that say it. */
const browserNetwork = (): Network | undefined => {
  const { connection } = navigator as Navigator & { readonly connection?: Connection }
  return connection === undefined
    ? undefined
    : {
        metered: () => connection.saveData === true || connection.type === 'cellular',
        watch: changed => {
          connection.addEventListener('change', changed)
          return () => connection.removeEventListener('change', changed)
        },
      }
}

interface Connection extends EventTarget {
  readonly type?: string
  readonly saveData?: boolean
}

const network: Network | undefined = typeof navigator === 'undefined' ? undefined : browserNetwork()

/** The machine itself: browsers and Node. */
export const systemHost: Host = {
  now: () => Date.now(),
  random: pooled(length => crypto.getRandomValues(new Uint8Array(length))),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  ...(network === undefined ? {} : { network }),
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
