import type { StoredRecord, View } from '../../storage/storage.ts'
import { cut } from '../cut.ts'
import { limits } from '../limits.ts'
import { isPaged, type Need, sendPage } from './need.ts'
import { type CatchUp, sendChanges } from './run.ts'

/** Tables that are held whole, read in the order in which they are stored. */
export const sendWhole = async (run: CatchUp, need: Need): Promise<void> => {
  const pages = need.pages!
  let after = pages.after
  for (let last = false; !last;) {
    await run.room()
    const stored = await run.storage.snapshot(view => {
      pages.sentAt ??= view.head.rev
      return view.page(need.part.table, after, limits.pageRows)
    })
    const { rows, taken } = cut(stored, need.part, liveAmong(stored))
    after = taken.at(-1)?.id ?? after
    last = taken.length === stored.length && stored.length < limits.pageRows
    sendPage(run, need, rows, last)
  }
}

export const sendSince = async (run: CatchUp, need: Need): Promise<void> => {
  for (let more = true; more;) {
    await run.room()
    more = await run.storage.snapshot(view => sendBatch(run, view, need))
  }
}

/** The next rows that changed, as one message. @returns whether there may be more */
export const sendBatch = async (run: CatchUp, view: View, need: Need): Promise<boolean> => {
  const stored = await view.since(need.part.table, need.since, limits.pageRows)
  const live = liveAmong(stored)
  const fresh = new Set(stored.flatMap(row => (live.has(row.id) && !isPaged(need, row) ? [row.id] : [])))
  const { rows, taken } = cut(stored, need.part, fresh)
  if (taken.length === 0) return false
  need.since = taken.at(-1)!.rev
  const gone = taken.flatMap(row => (row.deleted && !row.purged ? [row.id] : []))
  sendChanges(run, need.part, rows, gone)
  return taken.length < stored.length || stored.length === limits.pageRows
}

const liveAmong = (stored: readonly StoredRecord[]): ReadonlySet<string> =>
  new Set(stored.flatMap(row => (row.deleted || row.purged ? [] : [row.id])))
