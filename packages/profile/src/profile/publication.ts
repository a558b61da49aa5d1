import { digest } from 'lib0/hash/sha256'
import { encodeUtf8 } from 'lib0/string'
import type { PublishedProfile } from './profile.ts'

const known = new WeakMap<PublishedProfile, number>()

/**
 * A number for one publication of one profile, by which a device says what it has: versions count for each profile
 * alone, and a device may be moved from one to another. 48 bits of a hash; 0 = none.
 */
export const publicationOf = (profile: PublishedProfile | undefined): number => {
  if (profile === undefined) return 0
  const found = known.get(profile) ?? hashed(profile)
  known.set(profile, found)
  return found
}

const hashed = (profile: PublishedProfile): number =>
  digest(encodeUtf8(JSON.stringify(profile)))
    .subarray(0, 6)
    .reduce((sum, byte) => sum * 256 + byte, 0) || 1
