import { entryKey, type Found, type Storage } from '../storage/storage.ts'

/**
 * Which of several relays over one database delivers: whoever holds the entry, until it runs out. What is written under a
 * lease asks for it again in the same commit, so a relay that slept through its end writes nothing.
 */
export interface Lease {
  /** takes it where it is free, and keeps it from running out. @returns until when it is held; 0 = another has it */
  hold(): Promise<number>
  readonly key: { readonly kind: string; readonly id: string }
  isHeld(found: Found): boolean
  giveBack(): Promise<void>
}

interface Held {
  readonly holder: string
  readonly until: number
}

/** ms. Clocks of relays may differ by less than a third of it. */
export const LEASE = 30_000

export const createLease = (storage: Storage, name: string, holder: string, now: () => number): Lease => {
  const key = { kind: 'lease', id: name }
  const heldIn = ({ entries }: Found): Held | undefined => entries.get(entryKey(key))?.value as Held | undefined
  return {
    key,
    isHeld: found => heldIn(found)?.holder === holder,
    hold: async () => {
      const known = (await storage.snapshot(view => view.entry(key.kind, key.id)))?.value as Held | undefined
      if (known !== undefined && known.holder !== holder && known.until > now()) return 0
      if (known?.holder === holder && known.until - now() > (LEASE * 2) / 3) return known.until
      return storage.commit({ entries: [key] }, found => {
        const held = heldIn(found)
        if (held !== undefined && held.holder !== holder && held.until > now()) return { result: 0 }
        const until = now() + LEASE
        return { result: until, entries: [{ ...key, value: { holder, until } satisfies Held }] }
      })
    },
    giveBack: () =>
      storage.commit({ entries: [key] }, found =>
        heldIn(found)?.holder === holder ? { result: undefined, removedEntries: [key] } : { result: undefined },
      ),
  }
}
