import type { ChangesMessage, Position } from '@rejoin/profile'
import type { Finished, Touched } from './draft.ts'
import { metaChanges, putRow } from './keys.ts'
import { generationIn, keyFrom, keyOf, later, type Memory, type Meta, type Row } from './memory.ts'
import { replacing } from './rows.ts'

/**
 * The straight way of what a relay tells, and nearly all a live session hears: rows for a device whose outbox is empty.
 * No edit is answered or stood on, so nothing follows from a row but that it replaces the one before, and there is
 * nothing to decide on a draft.
 */
export interface Arriving extends Finished {
  /** rows that were taken */
  readonly rows: number
}

/**
 * @param upTo everything up to here is held then
 * @returns undefined where edits of the device may be concerned: that is for a draft (takeChanges)
 */
export const arriving = (
  memory: Memory,
  { rows, gone, answers }: ChangesMessage,
  upTo: Position | undefined,
): Arriving | undefined => {
  if (memory.entries.size > 0 || gone.length > 0 || answers.length > 0) return undefined
  const taken = new Map<string, Row>()
  let count = 0
  for (const { table, id, envelope } of rows) {
    const key = keyOf({ table, id })
    const held = taken.get(key) ?? memory.rows.get(table)?.get(id)
    const row = replacing(held, generationIn(memory.tables.get(table)), envelope)
    if (row === undefined) continue
    taken.set(key, row)
    count++
  }
  const meta = upTo === undefined ? memory.meta : { ...memory.meta, cursor: later(upTo, memory.meta.cursor) }
  const changes = metaChanges(memory.meta, meta)
  for (const [key, row] of taken) changes.push(putRow(key, row))
  return { rows: count, changes, apply: () => applyTo(memory, taken, meta) }
}

const applyTo = (memory: Memory, taken: ReadonlyMap<string, Row>, meta: Meta): Touched => {
  for (const [key, row] of taken) {
    const { table, id } = keyFrom(key)
    let ofTable = memory.rows.get(table)
    if (ofTable === undefined) memory.rows.set(table, (ofTable = new Map()))
    ofTable.set(id, row)
  }
  memory.meta = meta
  return { records: new Set(taken.keys()), tables: none, outbox: false, ledger: false, drafts: false, state: false }
}

const none: ReadonlySet<string> = new Set()
