import { createHash } from 'node:crypto'
import type { Fields } from '@rejoin/profile'
import type { MappedKey } from './mapping.ts'

/** What becomes of a row, given the keys before it. `what` and `why` are for the report. */
export type Verdict =
  | { readonly kind: 'new'; readonly id: string; readonly what?: string }
  | { readonly kind: 'replaces'; readonly id: string; readonly what: string }
  | { readonly kind: 'dropped'; readonly what: string }
  | { readonly kind: 'refused'; readonly why: string }

/** Remembers every key with a short hash of its row: identical repeats are told from contradicting ones. */
export const seenKeys = (
  duplicates: NonNullable<MappedKey['duplicates']>,
): { judge(key: string, fields: Fields): Verdict } => {
  const hashes = new Map<string, string>()
  const judge = (key: string, fields: Fields): Verdict => {
    const hash = createHash('sha1').update(JSON.stringify(fields)).digest('base64').slice(0, 16)
    let id = key
    for (let copy = 2; hashes.has(id); copy += 1) {
      if (hashes.get(id) === hash) return { kind: 'dropped', what: `repeats ${id} word for word, left out` }
      if (duplicates === 'refuse') return { kind: 'refused', why: `${key} was there before with other values` }
      if (duplicates === 'last') {
        hashes.set(id, hash)
        return { kind: 'replaces', id, what: `${key} was there before with other values, now these` }
      }
      id = `${key}-${copy}`
    }
    hashes.set(id, hash)
    return id === key
      ? { kind: 'new', id }
      : { kind: 'new', id, what: `${key} was there before with other values, kept as ${id}` }
  }
  return { judge }
}
