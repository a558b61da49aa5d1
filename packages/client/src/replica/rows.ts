import { type GoneReason, isSound, packEnvelope, redact, revOf, unpackEnvelope } from '@rejoin/profile'
import type { Draft } from './draft.ts'
import { generationIn, keyFrom, type Kept, type Memory, type Row, rowFrom } from './memory.ts'

/** Single rows coming and going, beside the pages they may be in. */

/** A row is replaced only by one of a higher revision, or of a later download. @returns undefined where `held` stays */
export const replacing = (held: Row | undefined, generation: number, envelope: Uint8Array): Row | undefined => {
  if (!isSound(envelope)) return undefined
  const rev = revOf(envelope)
  const stays = held !== undefined && held.gone === undefined && held.generation === generation && held.rev >= rev
  return stays ? undefined : rowFrom(rev, generation, envelope)
}

/** @returns whether it was taken */
export const takeRow = (draft: Draft, key: string, envelope: Uint8Array): boolean => {
  const generation = generationIn(draft.tables.get(keyFrom(key).table))
  const row = replacing(draft.rows.get(key), generation, envelope)
  if (row !== undefined) draft.rows.set(key, row)
  return row !== undefined
}

/**
 * A mark stays where the row was: it may be in a page, and somebody may ask (DS16). Its bytes stay as long as the author's
 * own edits stand on them (DS14). What he may read no more goes at once: of the bytes there stays what clocks need.
 *
 * @param kept what stays to be read, for a while (DS15)
 */
export const dropRow = (draft: Draft, key: string, why: GoneReason, kept?: Kept): boolean => {
  const { table } = keyFrom(key)
  const state = draft.tables.get(table)
  const held = draft.rows.get(key)
  // A record of the author's own that never matched is remembered too: he may ask where it went (LW8, DS16).
  if (held === undefined && state?.state !== 'partial' && draft.authored.get(key) === undefined) return false
  const bytes = draft.chain(key).length > 0 ? held?.envelope : undefined
  const envelope = bytes !== undefined && why === 'unknown' ? emptied(bytes) : bytes
  draft.rows.set(key, rowFrom(held?.rev ?? 0, generationIn(state), envelope, why, kept))
  return held !== undefined && held.gone === undefined
}

const emptied = (envelope: Uint8Array): Uint8Array => {
  const confirmed = unpackEnvelope(envelope)
  return packEnvelope({ ...confirmed, columns: {}, bytes: redact(confirmed.bytes, new Set()) })
}

/** Rows of the author's own making that left the scope, and whose time is over by `now`, go (DS15). */
export const endGrace = (draft: Draft, keys: Iterable<string>, now: number): void => {
  for (const key of keys) {
    const row = draft.rows.get(key)
    if (row?.kept === undefined || row.kept.until > now) continue
    draft.rows.set(key, rowFrom(row.rev, row.generation, row.envelope, row.gone))
  }
}

/** ms since 1970 at which the first of them ends to be readable */
export const nextGraceEnd = ({ authored, rows }: Pick<Memory, 'authored' | 'rows'>): number | undefined => {
  let first: number | undefined
  for (const key of authored.keys()) {
    const { table, id } = keyFrom(key)
    const until = rows.get(table)?.get(id)?.kept?.until
    if (until !== undefined && until < (first ?? Infinity)) first = until
  }
  return first
}

/** The edits that stood on a gone row are settled: its bytes go too. */
export const forgetGone = (draft: Draft, key: string): void => {
  const row = draft.rows.get(key)
  if (row?.gone === undefined || row.envelope === undefined || draft.chain(key).length > 0) return
  draft.rows.set(key, rowFrom(row.rev, row.generation, undefined, row.gone, row.kept))
}
