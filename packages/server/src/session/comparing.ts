import { type Compare, encodeDown, type TableScope } from '@rejoin/profile'
import { keyOf, type Storage } from '../storage/storage.ts'
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
  /** whether a record was told live since the question came: that is newer than what is found here */
  readonly told: (key: string) => boolean
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

const untold = ({ part: { table }, told }: Comparison, ids: readonly string[]): string[] =>
  ids.filter(id => !told(keyOf({ table, id })))

/** Rows as they are when they are sent: making room may have taken a while, and some may have left since. */
const sendRows = async (run: Comparison, ids: readonly string[]): Promise<void> => {
  const { storage, part } = run
  const { table } = part
  for (let at = 0; at < ids.length; at += limits.pageRows) {
    let left: readonly string[] = ids.slice(at, at + limits.pageRows)
    while (left.length > 0) {
      await run.room()
      const wanted = untold(run, left)
      const stored = await storage.snapshot(view => view.records(wanted.map(id => ({ table, id }))))
      const { rows, taken } = cut(stored, part)
      const sent = new Set(
        untold(
          run,
          rows.map(({ id }) => id),
        ),
      )
      left = stored.slice(taken.length).map(({ id }) => id)
      const told = rows.filter(({ id }) => sent.has(id)).map(row => ({ table, ...row }))
      if (told.length > 0) run.sendCounted(encodeDown({ type: 'changes', rows: told, gone: [], answers: [] }))
      await run.pause()
    }
  }
}

const dropRows = async (run: Comparison, ids: readonly string[]): Promise<void> => {
  const { storage, part } = run
  const { table } = part
  for (let at = 0; at < ids.length; at += limits.pageRows) {
    const few = ids.slice(at, at + limits.pageRows)
    await run.room()
    const stored = await storage.snapshot(view => view.records(few.map(id => ({ table, id }))))
    const held = new Set(stored.filter(row => isHeld(row, part)).map(({ id }) => id))
    const gone = untold(run, few).filter(id => !held.has(id))
    if (gone.length === 0) continue
    const frames = gone.map(id => ({ table, id, why: 'unknown' as const }))
    run.sendCounted(encodeDown({ type: 'changes', rows: [], gone: frames, answers: [] }))
  }
}
