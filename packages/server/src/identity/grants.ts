import { IDS_PER_PREFIX, isPrefix, PREFIX_BITS } from '@rejoin/profile'
import type { Storage } from '../storage/storage.ts'

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

/** @param random fills bytes with randomness */
export const createGrants = (storage: Storage, random: (length: number) => Uint8Array): Grants => {
  const draw = (): number => {
    for (;;) {
      const prefix = random(6).reduce((value, byte) => value * 256 + byte, 0) % 2 ** PREFIX_BITS
      if (isPrefix(prefix)) return prefix
    }
  }

  /** Takes a prefix nobody has; of two in 2^45 that meet, the later draws again. */
  const take = async (device: string, user: string, known: readonly number[]): Promise<readonly number[]> => {
    for (;;) {
      const prefix = draw()
      const prefixes = [...known, prefix]
      const taken = await storage.commit({ entries: [{ kind: 'prefix', id: String(prefix) }] }, (found) =>
        found.entries.size > 0
          ? { result: false }
          : {
              result: true,
              entries: [
                { kind: 'prefix', id: String(prefix), value: device },
                { kind: 'device', id: device, value: { user, prefixes } satisfies Device },
              ],
            },
      )
      if (taken) return prefixes
    }
  }

  return {
    prefixes: async (device, user, idsUsed) => {
      const entry = await storage.snapshot((view) => view.entry('device', device))
      const known = entry?.value as Device | undefined
      if (known !== undefined && known.user !== user) return undefined
      let prefixes = known?.prefixes ?? []
      while (prefixes.length * IDS_PER_PREFIX < Math.min(idsUsed, 100_000) + SPARE) prefixes = await take(device, user, prefixes)
      return prefixes
    },
    own: async () => {
      const [prefix] = await take('relay', '', [])
      return prefix! * IDS_PER_PREFIX
    },
  }
}
