import type { Position } from '@rejoin/profile'
import type { StoredRecord, View } from '../storage/storage.ts'
import type { Followed } from './allowed.ts'
import { type FeedChange, changesOf } from './change.ts'

/**
 * What changed behind a cursor, read from storage as it is asked for: a follower costs no memory, however far behind it
 * is. Promised: each record whose revision is above the cursor is told once, in its newest state, in order of revision.
 * States in between may be passed over; a record never is. A cursor of another history is answered `timeline`.
 */
export type Page =
  | {
      readonly state: 'read'
      readonly changes: readonly FeedChange[]
      /** everything up to here has been told */
      readonly cursor: Position
      /** whether that was all there is at this moment */
      readonly end: boolean
    }
  | { readonly state: 'timeline' }

export interface PageLimits {
  readonly rows: number
  /** of what is told, as JSON; one change is told whatever it weighs */
  readonly bytes: number
}

export const readPage = async (
  view: View,
  after: Position,
  tables: readonly Followed[],
  limits: PageLimits,
): Promise<Page> => {
  if (after.rev > view.head.rev || (await view.commitOf(after.rev)) !== after.commit) return { state: 'timeline' }
  const byName = new Map(tables.map(followed => [followed.table.name, followed]))
  const rows = await changedRows(view, [...byName.keys()], after.rev, limits.rows)
  const all = await changesOf(view, rows, byName)
  const changes = fitting(all, limits.bytes)
  if (changes.length === all.length && rows.length < limits.rows)
    return { state: 'read', changes, cursor: view.head, end: true }
  const { rev, commit } = changes.at(-1)!
  return { state: 'read', changes, cursor: { rev, commit }, end: false }
}

const fitting = (changes: readonly FeedChange[], most: number): readonly FeedChange[] => {
  let bytes = 0
  const cut = changes.findIndex((change, index) => {
    bytes += JSON.stringify(change).length
    return bytes > most && index > 0
  })
  return cut < 0 ? changes : changes.slice(0, cut)
}

/** Rows of a table read ahead while several are merged: what is not told in the end was read in vain. */
const AHEAD = 32

/** Rows of several tables above a revision in order of revision: each revision belongs to one row. */
const changedRows = async (
  view: View,
  tables: readonly string[],
  after: number,
  limit: number,
): Promise<StoredRecord[]> => {
  const queues = await Promise.all(tables.map(async table => ({ table, rows: await view.since(table, after, AHEAD) })))
  const rows: StoredRecord[] = []
  while (rows.length < limit) {
    const [first, ...others] = queues.filter(queue => queue.rows.length > 0)
    if (first === undefined) break
    const next = others.reduce((least, queue) => (queue.rows[0]!.rev < least.rows[0]!.rev ? queue : least), first)
    const row = next.rows.shift()!
    rows.push(row)
    // Also where it was at its end: one empty read more.
    if (next.rows.length === 0) next.rows = await view.since(next.table, row.rev, AHEAD)
  }
  return rows
}
