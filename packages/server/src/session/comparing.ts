import { type Compare, encodeDown, type Scope, type TableScope } from '@rejoin/profile'
import type { Presence } from '../scope/presence.ts'
import { whyGone } from '../scope/why-gone.ts'
import { keyOf, type Storage, type StoredRecord } from '../storage/storage.ts'
import { cut } from './cut.ts'
import { limits } from './limits.ts'
import type { Reading, RowLists } from './row-list.ts'

/** One question of a device about what it should hold: rows it lacks and must drop go first, then the parts that differ. */
export interface Comparison extends Reading {
  readonly storage: Storage
  readonly scope: Scope
  readonly presence: Presence
  readonly lists: RowLists
  readonly send: (frame: Uint8Array) => void
  readonly sendCounted: (frame: Uint8Array) => void
  readonly room: () => Promise<void>
  /** throws where the scope is in force no more: after every read, before anything of it is sent */
  readonly check: () => void
  /** @returns whether the device may have been told something newer of a record since this call */
  readonly watch: () => (key: string) => boolean
}

export const compare = async (run: Comparison, part: TableScope, { table, ...question }: Compare): Promise<void> => {
  const { storage, lists, scope, pause } = run
  const found = await storage.snapshot(async view => (await lists.of(view, scope, part, run)).answer(question, pause))
  run.check()
  await sendRows(run, part, found.send)
  await dropRows(run, part, found.drop)
  run.send(encodeDown({ type: 'compared', table, differing: found.differing }))
}

/** Rows as they are when they are sent: making room may have taken a while, and some may have left since. */
const sendRows = async (run: Comparison, part: TableScope, ids: readonly string[]): Promise<void> => {
  const { table } = part
  await inSteps(run, table, ids, ({ stored, held }) => {
    const { rows, taken } = cut(stored, part, held)
    const sent = rows.map(row => ({ table, ...row }))
    if (sent.length > 0) run.sendCounted(encodeDown({ type: 'changes', rows: sent, gone: [], answers: [] }))
    return stored.slice(taken.length).map(({ id }) => id)
  })
}

const dropRows = async (run: Comparison, part: TableScope, ids: readonly string[]): Promise<void> => {
  const { table } = part
  await inSteps(run, table, ids, ({ stored, held, few }) => {
    const rows = new Map(stored.map(row => [row.id, row]))
    const gone = few.filter(id => !held.has(id)).map(id => ({ table, id, why: whyGone(part, rows.get(id)) }))
    if (gone.length > 0) run.sendCounted(encodeDown({ type: 'changes', rows: [], gone, answers: [] }))
    return []
  })
}

/** Rows of one step, read anew, with those among them that the scope holds. */
interface Step {
  readonly stored: readonly StoredRecord[]
  readonly held: ReadonlySet<string>
  readonly few: readonly string[]
}

/**
 * A page of rows at a time, read anew and settled in the same turn. Of which the device heard while they were read is
 * read once more: what it is told here must not be older.
 *
 * @param settle gives ids that are left for another step
 */
const inSteps = async (
  { storage, presence, room, check, watch, pause }: Comparison,
  table: string,
  ids: readonly string[],
  settle: (step: Step) => readonly string[],
): Promise<void> => {
  for (let at = 0; at < ids.length; at += limits.pageRows) {
    let left = ids.slice(at, at + limits.pageRows)
    while (left.length > 0) {
      await room()
      const heardOf = watch()
      const [stored, held] = await storage.snapshot(async view => {
        const rows = await view.records(left.map(id => ({ table, id })))
        return [rows, await presence.among(view, table, rows)] as const
      })
      check()
      const isNew = (id: string): boolean => heardOf(keyOf({ table, id }))
      const again = left.filter(isNew)
      const few = left.filter(id => !isNew(id))
      left = [...again, ...settle({ stored: stored.filter(({ id }) => !isNew(id)), held, few })]
      await pause()
    }
  }
}
