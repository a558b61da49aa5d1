import { type Compare, encodeDown, type TableScope } from '@rejoin/profile'
import { keyOf, type Storage, type StoredRecord } from '../storage/storage.ts'
import { cut } from './catch-up.ts'
import { isHeld } from './each-row.ts'
import { limits } from './limits.ts'
import type { Reading, RowLists } from './row-list.ts'

/** One question of a device about what it should hold: rows it lacks and must drop go first, then the parts that differ. */
export interface Comparison extends Reading {
  readonly storage: Storage
  readonly part: TableScope
  readonly scopeClass: string
  readonly lists: RowLists
  readonly send: (frame: Uint8Array) => void
  readonly sendCounted: (frame: Uint8Array) => void
  readonly room: () => Promise<void>
  /** @returns whether the device may have been told something newer of a record since this call */
  readonly watch: () => (key: string) => boolean
}

export const compare = async (run: Comparison, { table, ...question }: Compare): Promise<void> => {
  const { storage, part, lists, scopeClass, pause } = run
  const found = await storage.snapshot(async view =>
    (await lists.of(view, part, scopeClass, run)).answer(question, pause),
  )
  await sendRows(run, found.send)
  await dropRows(run, found.drop)
  run.send(encodeDown({ type: 'compared', table, differing: found.differing }))
}

/** Rows as they are when they are sent: making room may have taken a while, and some may have left since. */
const sendRows = async (run: Comparison, ids: readonly string[]): Promise<void> => {
  const { part } = run
  const { table } = part
  await inSteps(run, ids, stored => {
    const { rows, taken } = cut(stored, part)
    const sent = rows.map(row => ({ table, ...row }))
    if (sent.length > 0) run.sendCounted(encodeDown({ type: 'changes', rows: sent, gone: [], answers: [] }))
    return stored.slice(taken.length).map(({ id }) => id)
  })
}

const dropRows = async (run: Comparison, ids: readonly string[]): Promise<void> => {
  const { part } = run
  const { table } = part
  await inSteps(run, ids, (stored, few) => {
    const held = new Set(stored.filter(row => isHeld(row, part)).map(({ id }) => id))
    const gone = few.filter(id => !held.has(id)).map(id => ({ table, id, why: 'unknown' as const }))
    if (gone.length > 0) run.sendCounted(encodeDown({ type: 'changes', rows: [], gone, answers: [] }))
    return []
  })
}

/**
 * A page of rows at a time, read anew and settled in the same turn. Of which the device heard while they were read is
 * read once more: what it is told here must not be older.
 *
 * @param settle gives ids that are left for another step
 */
const inSteps = async (
  { storage, part: { table }, room, watch, pause }: Comparison,
  ids: readonly string[],
  settle: (stored: readonly StoredRecord[], few: readonly string[]) => readonly string[],
): Promise<void> => {
  for (let at = 0; at < ids.length; at += limits.pageRows) {
    let left = ids.slice(at, at + limits.pageRows)
    while (left.length > 0) {
      await room()
      const heardOf = watch()
      const stored = await storage.snapshot(view => view.records(left.map(id => ({ table, id }))))
      const [again, few] = [
        left.filter(id => heardOf(keyOf({ table, id }))),
        left.filter(id => !heardOf(keyOf({ table, id }))),
      ]
      const settled = stored.filter(row => !heardOf(keyOf(row)))
      left = [...again, ...settle(settled, few)]
      await pause()
    }
  }
}
