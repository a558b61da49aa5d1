import { type Fields, type PackedRow, type RowState, sql } from '@rejoin/profile'
import type { View } from '../../storage/storage.ts'
import { cut } from '../cut.ts'
import { limits } from '../limits.ts'
import { isPaged, type Need, sendPage } from './need.ts'
import { type CatchUp, sendChanges } from './run.ts'

/** Tables of which the database was asked what the scope holds: `rows` are that list. */
export const sendListed = async (run: CatchUp, need: Need, rows: readonly RowState[]): Promise<void> => {
  const pages = need.pages!
  let ids: readonly string[] = rows.flatMap(({ id }) => (pages.isBehind(id) ? [id] : []))
  do {
    await run.room()
    const read = await run.storage.snapshot(view => {
      pages.sentAt ??= view.head.rev
      return readListed(run, need, ids, view)
    })
    ids = read.left
    sendPage(run, need, read.rows, ids.length === 0)
  } while (ids.length > 0)
}

/** Listed rows that changed since. @param rev as of which they are listed */
export const sendChanged = async (run: CatchUp, need: Need, rows: readonly RowState[], rev: number): Promise<void> => {
  for (let ids = changedOf(need, rows); ids.length > 0;) {
    await run.room()
    const read = await run.storage.snapshot(view => readListed(run, need, ids, view))
    ids = read.left
    sendChanges(run, need.part, read.rows, [])
  }
  need.since = Math.max(need.since, rev)
}

/** In the order of their revisions. */
export const changedOf = (need: Need, rows: readonly RowState[]): readonly string[] =>
  rows
    .filter(row => row.rev > need.since && !isPaged(need, row))
    .toSorted((a, b) => a.rev - b.rev)
    .map(({ id }) => id)

/** The first of some rows as they are in a view, without those that have left since they were listed (SE1). */
export const readListed = async (
  { presence }: CatchUp,
  { part }: Need,
  ids: readonly string[],
  view: View,
): Promise<{ rows: PackedRow[]; left: readonly string[] }> => {
  const few = ids.slice(0, limits.pageRows)
  const stored = await view.records(few.map(id => ({ table: part.table, id })))
  const held = await presence.among(view, part.table, stored)
  const { rows, taken } = cut(stored, part, held)
  return { rows, left: [...stored.slice(taken.length).map(({ id }) => id), ...ids.slice(few.length)] }
}

/**
 * Deleted rows the scope would still hold by their last values, told so that none of them has to be found by comparing.
 * Only where a row alone says whether it is held; others are found.
 */
export const deletedSince = async (view: View, { part, from, pages }: Need): Promise<string[]> => {
  if (!part.alone || pages !== undefined) return []
  const rows = await view.select<[id: string, json: string]>(
    dialect => sql`select r.id, ${dialect.json('r')} from ${dialect.from('r')}
      where ${dialect.isOf(part.table, 'r')} and r.rev > ${from} and not (${dialect.isLive('r')}) limit ${MOST_DELETED}`,
  )
  return rows.flatMap(([id, json]) => (part.holds(JSON.parse(json) as Fields, id) ? [id] : []))
}

const MOST_DELETED = 10_000
