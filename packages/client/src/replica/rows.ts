import { type GoneReason, isSound, revOf } from '@rejoin/profile'
import type { Draft } from './draft.ts'
import { generationIn, keyFrom, type Row, rowFrom } from './memory.ts'

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

/** A mark stays where the row was: it may be in a page. Its bytes stay as long as the author's own edits stand on them. */
export const dropRow = (draft: Draft, key: string, why: GoneReason): boolean => {
  const { table } = keyFrom(key)
  const state = draft.tables.get(table)
  const held = draft.rows.get(key)
  // A record of the author's own that never matched is remembered too: he may ask where it went (LW8, DS16).
  if (held === undefined && state?.state !== 'partial' && draft.authored.get(key) === undefined) return false
  const keeps = draft.chain(key).length > 0
  draft.rows.set(key, rowFrom(held?.rev ?? 0, generationIn(state), keeps ? held?.envelope : undefined, why))
  return held !== undefined && held.gone === undefined
}

/** The edits that stood on a gone row are settled: its bytes go too. */
export const forgetGone = (draft: Draft, key: string): void => {
  const row = draft.rows.get(key)
  if (row?.gone === undefined || row.envelope === undefined || draft.chain(key).length > 0) return
  draft.rows.set(key, rowFrom(row.rev, row.generation, undefined, row.gone))
}
