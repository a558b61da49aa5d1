import { DELETED, operandOf, type Reach, type Schema, type Table, valueIn } from '@rejoin/profile'
import type { Changed } from '../commit/submission.ts'
import { keyOf, type RecordKey, type View } from '../storage/storage.ts'
import type { Audience, AudienceTable } from './audience.ts'
import { unlinked } from './linked.ts'
import { type Neighbours, type Overlay, overlaid, type Row, storedNeighbours, TooFar } from './neighbours.ts'
import { type Concerns, createNotes } from './notes.ts'
import { createSide, lookupIn, operandFor, type Side } from './side.ts'
import type { Listener } from './table-audience.ts'

/**
 * Whom a commit concerns, and how: who holds each changed row before and after it, and, where that differs, who thereby
 * gains or loses the rows it brings, and so on from table to table. Both sides are worked out from the rows as they were
 * and as they are; nothing is remembered per listener and row. A related row leaves when nothing present brings it any
 * more, and only then.
 *
 *     changed booking: before {ann}, after {ben}  ->  its work order: before {ann}, after {ben}  ->  its incidents ...
 */

/** Where the rows alone decide, nothing has to be read: the answer is there at once. */
export const concernsAlone = <L extends Listener>(
  audience: Audience<L>,
  changed: readonly Changed[],
): Concerns<L> | undefined => {
  if (changed.some(({ table }) => audience.tables.get(table)?.alone === false)) return undefined
  const notes = createNotes<L>()
  for (const change of changed) {
    const table = audience.tables.get(change.table)
    if (table === undefined) continue
    const { before, after } = sidesOf(change)
    const had = before === undefined ? nobody : table.selecting(before, unlinked)
    const has = after === undefined ? nobody : table.selecting(after, unlinked)
    notes.changed(table, change, had, has)
    if (isDoubtful(table, change)) notes.doubt(audience.listeners, has)
  }
  return notes.concerns
}

/** @param view at the commit's revision */
export const concernsOf = async <L extends Listener>(
  view: View,
  audience: Audience<L>,
  changed: readonly Changed[],
): Promise<Concerns<L>> => {
  const notes = createNotes<L>()
  const stored = storedNeighbours(view, audience.schema)
  const before = createSide(audience, overlaid(stored, overlayOf(changed, 'before')))
  const after = createSide(audience, overlaid(stored, overlayOf(changed, 'after')))
  const affected = createAffected(audience.schema)
  const byKey = new Map(changed.map(change => [keyOf(change), change]))
  try {
    for (const change of changed) {
      affected.add(change.table, change.id)
      await seeing(audience, change, before.neighbours, affected)
      await seeing(audience, change, after.neighbours, affected)
    }
    for (const table of audience.tables.values()) {
      for (const id of affected.of(table.table.name)) {
        const [had, has] = [await before.holding(table, id), await after.holding(table, id)]
        const change = byKey.get(keyOf({ table: table.table.name, id }))
        if (change === undefined) notes.moved(table, id, had, has)
        else notes.changed(table, change, had.listeners, has.listeners)
        if (change !== undefined && isDoubtful(table, change)) {
          // Who holds it now may have gained it just so, and lacks what it brings.
          const isAlone = table.brings.length + table.seenBy.length === 0
          notes.doubt(audience.listeners, isAlone ? has.listeners : nobody)
        }
        const presence = !sameSet(had.listeners, has.listeners)
        for (const { table: brought, reach } of table.brings) {
          const lookups = [had.row, has.row].map(row => row && lookupIn(table.table, reach, row))
          if (presence || lookups[0] !== lookups[1])
            await bringing(brought, reach, id, lookups, [before, after], affected)
        }
      }
    }
  } catch (error) {
    if (!(error instanceof TooFar)) throw error
    notes.doubt(audience.listeners, nobody)
  }
  return notes.concerns
}

/**
 * Who of an audience holds rows, as they are.
 *
 * @returns undefined where that takes following too many rows
 */
export const holdersOf = async <L extends Listener>(
  view: View,
  audience: Audience<L>,
  keys: readonly RecordKey[],
): Promise<ReadonlyMap<string, ReadonlySet<L>> | undefined> => {
  const side = createSide(audience, storedNeighbours(view, audience.schema))
  const holders = new Map<string, ReadonlySet<L>>()
  try {
    for (const key of keys) {
      const table = audience.tables.get(key.table)
      if (table !== undefined) holders.set(keyOf(key), (await side.holding(table, key.id)).listeners)
    }
  } catch (error) {
    if (error instanceof TooFar) return undefined
    throw error
  }
  return holders
}

const nobody: ReadonlySet<never> = new Set()

/** Rows that a row brings, or has brought: whether they are held has to be asked anew. */
const bringing = async <L extends Listener>(
  brought: Table,
  reach: Reach,
  id: string,
  lookups: readonly (string | undefined)[],
  sides: readonly Side<L>[],
  affected: Affected,
): Promise<void> => {
  if (reach.side === 'one') {
    for (const lookup of lookups) if (lookup !== undefined) affected.add(brought.name, lookup)
    return
  }
  for (const { neighbours } of sides) {
    for (const row of await neighbours.where(brought, operandFor(brought, reach), id))
      affected.add(brought.name, row.id)
  }
}

/** Rows whose filters look at a changed one, back along their links. */
const seeing = async <L extends Listener>(
  { schema, tables }: Audience<L>,
  { table, id }: RecordKey,
  neighbours: Neighbours,
  affected: Affected,
): Promise<void> => {
  for (const { table: seer, back } of tables.get(table)?.seenBy ?? []) {
    let at = schema.tables.get(table)!
    let rows = [await neighbours.row(table, id)].flatMap(row => row ?? [])
    for (const [step, link] of back.entries()) {
      const next = step + 1 < back.length ? schema.tables.get(back[step + 1]!.table)! : seer
      const from = operandOf(at, link.from)!
      const to = operandOf(next, link.to)!
      const found: Row[] = []
      for (const row of rows) {
        const value = valueIn(from, row.fields, row.id)
        if (typeof value === 'string') found.push(...(await neighbours.where(next, to, value)))
      }
      rows = found
      at = next
    }
    for (const row of rows) affected.add(seer.name, row.id)
  }
}

/** Rows to ask about; tables stand in an order in which none is added to that was passed. */
interface Affected {
  add(table: string, id: string): void
  of(table: string): ReadonlySet<string>
}

const createAffected = (schema: Schema): Affected => {
  const ids = new Map([...schema.tables.keys()].map(table => [table, new Set<string>()]))
  return {
    add: (table, id) => void ids.get(table)?.add(id),
    of: table => ids.get(table)!,
  }
}

/**
 * A change of another relay's says not what was before: the row is taken for what it is, and doubted. One that may be
 * new is taken for new: whoever holds it is told all that it brings.
 */
const sidesOf = ({
  id,
  before,
  after,
  moved,
  isNew = false,
}: Changed): { before: Row | undefined; after: Row | undefined } => {
  const standing = isNew && !after.deleted ? undefined : { fields: after.fields, deleted: false }
  const past = moved === undefined ? before : standing
  return {
    before: past === undefined || past.deleted ? undefined : { id, fields: past.fields },
    after: after.deleted ? undefined : { id, fields: after.fields },
  }
}

/** Deleted and made anew, a row may look as before; what it brings has gone and come. */
const isDoubtful = <L extends Listener>({ deciding, alone }: AudienceTable<L>, { moved }: Changed): boolean =>
  moved !== undefined && ((!alone && moved(DELETED)) || [...deciding].some(moved))

const overlayOf = (changed: readonly Changed[], side: 'before' | 'after'): Overlay => {
  const overlay = new Map<string, Map<string, Row | undefined>>()
  for (const change of changed) {
    const rows = overlay.get(change.table) ?? new Map<string, Row | undefined>()
    overlay.set(change.table, rows.set(change.id, sidesOf(change)[side]))
  }
  return overlay
}

const sameSet = <L>(a: ReadonlySet<L>, b: ReadonlySet<L>): boolean =>
  a === b || (a.size === b.size && [...a].every(each => b.has(each)))
