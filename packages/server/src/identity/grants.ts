import { IDS_PER_PREFIX, isPrefix, PREFIX_BITS } from '@rejoin/profile'
import { entryKey, type Entry, type Found, type Storage } from '../storage/storage.ts'

/**
 * Client ids are authority: each device gets prefixes of 256 ids that nobody else has, ever, and more before they run
 * out. Each relay process takes one for itself at start.
 */
export interface Grants {
  /** @returns undefined where the device belongs to another user */
  prefixes(device: string, user: string, idsUsed: number): Promise<readonly number[] | undefined>
  /** a client id of this process alone */
  own(): Promise<number>
}

interface Device {
  readonly user: string
  readonly prefixes: readonly number[]
}

/** Ids a device should still have in hand when it leaves. */
const SPARE = 128
/** Ids a device may say it has used; a record takes a new one only where an edit of it was thrown away. */
const MOST_USED = 100_000
/** Prefixes one hello takes, whatever the device says: the next takes more. */
const MOST_AT_ONCE = 16

/** @param random fills bytes with randomness */
export const createGrants = (storage: Storage, random: (length: number) => Uint8Array): Grants => {
  const draw = (): number => {
    for (;;) {
      const prefix = random(6).reduce((value, byte) => value * 256 + byte, 0) % 2 ** PREFIX_BITS
      if (isPrefix(prefix)) return prefix
    }
  }

  /** Takes what the device lacks, judged and appended to what is stored inside the commit; one commit for all. */
  const grant = (device: string, user: string, needed: number): Promise<Granted> => {
    const drawn = [...new Set(Array.from({ length: Math.min(needed, MOST_AT_ONCE) }, draw))]
    const wanted = [deviceEntry(device), ...drawn.map(prefixEntry)]
    return storage.commit<Granted>({ entries: wanted }, found => {
      const stored = storedDevice(found, device)
      if (stored !== undefined && stored.user !== user) return { result: { state: 'foreign' } }
      const known = stored?.prefixes ?? []
      const missing = Math.max(0, Math.min(needed - known.length, MOST_AT_ONCE))
      const free = drawn.filter(prefix => !found.entries.has(entryKey(prefixEntry(prefix)))).slice(0, missing)
      if (free.length < missing) return { result: { state: 'taken' } }
      if (free.length === 0) return { result: { state: 'granted', prefixes: known } }
      const prefixes = [...known, ...free]
      return {
        result: { state: 'granted', prefixes },
        entries: [
          ...free.map((prefix): Entry => ({ ...prefixEntry(prefix), value: device })),
          { ...deviceEntry(device), value: { user, prefixes } satisfies Device },
        ],
      }
    })
  }

  return {
    prefixes: async (device, user, idsUsed) => {
      const needed = Math.ceil((Math.min(idsUsed, MOST_USED) + SPARE) / IDS_PER_PREFIX)
      const known = await storage.snapshot(
        async view => (await view.entry('device', device))?.value as Device | undefined,
      )
      if (known !== undefined && known.user !== user) return undefined
      if (known !== undefined && known.prefixes.length >= needed) return known.prefixes
      for (;;) {
        const granted = await grant(device, user, needed)
        if (granted.state === 'foreign') return undefined
        if (granted.state === 'granted') return granted.prefixes
      }
    },
    own: async () => {
      for (;;) {
        const entry = prefixEntry(draw())
        const free = await storage.commit({ entries: [entry] }, ({ entries }) =>
          entries.size > 0 ? { result: false } : { result: true, entries: [{ ...entry, value: 'relay' }] },
        )
        if (free) return Number(entry.id) * IDS_PER_PREFIX
      }
    },
  }
}

type Granted =
  | { readonly state: 'granted'; readonly prefixes: readonly number[] }
  /** of two prefixes in 2^45 that meet, the later is drawn again */
  | { readonly state: 'taken' }
  | { readonly state: 'foreign' }

const deviceEntry = (id: string) => ({ kind: 'device', id })
const prefixEntry = (prefix: number) => ({ kind: 'prefix', id: String(prefix) })

const storedDevice = ({ entries }: Found, device: string): Device | undefined =>
  entries.get(entryKey(deviceEntry(device)))?.value as Device | undefined
