import { operandOf, type Reach, type Schema, type Table, valueIn } from '@rejoin/profile'
import type { Changed } from '../commit/submission.ts'
import { keyOf, type RecordKey, type View } from '../storage/storage.ts'
import type { Audience, AudienceTable } from './audience.ts'
import { gatherLinked, unlinked } from './linked.ts'
import { type Neighbours, type Overlay, overlaid, type Row, storedNeighbours, TooFar } from './neighbours.ts'
import type { Listener } from './table-audience.ts'

/**
 * Whom a commit concerns, and how: who holds each changed row before and after it, and, where that differs, who thereby
 * gains or loses the rows it brings, and so on from table to table. Both sides are worked out from the rows as they were
 * and as they are; nothing is remembered per listener and row. A related row leaves when nothing present brings it any
 * more, and only then.
 *
 *     changed booking: before {ann}, after {ben}  ->  its work order: before {ann}, after {ben}  ->  its incidents ...
 */
export interface Concern {
  /** rows to send: changed ones, and such that entered without having changed */
  readonly rows: RecordKey[]
  readonly gone: Gone[]
  /** rows may have left of which that cannot be told: the device has to compare */
  unsure: boolean
}

export type Gone = RecordKey & { readonly why: 'deleted' | 'left' | 'unknown' }

export interface Change {
  readonly audience: Audience<Listener>
  readonly changed: readonly Changed[]
}

export type Concerns<L extends Listener> = ReadonlyMap<L, Concern>

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
        if (change !== undefined && isDoubtful(table, change)) notes.doubt(audience.listeners, has.listeners)
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

/** Who of an audience holds rows, as they are. */
export const holdersOf = async <L extends Listener>(
  view: View,
  audience: Audience<L>,
  keys: readonly RecordKey[],
): Promise<ReadonlyMap<string, ReadonlySet<L>>> => {
  const side = createSide(audience, storedNeighbours(view, audience.schema))
  const holders = new Map<string, ReadonlySet<L>>()
  for (const key of keys) {
    const table = audience.tables.get(key.table)
    if (table !== undefined) holders.set(keyOf(key), (await side.holding(table, key.id)).listeners)
  }
  return holders
}

const nobody: ReadonlySet<never> = new Set()

/** A row with those who hold it. */
interface Held<L> {
  readonly row: Row | undefined
  readonly listeners: ReadonlySet<L>
}

interface Side<L extends Listener> {
  readonly neighbours: Neighbours
  holding(table: AudienceTable<L>, id: string): Promise<Held<L>>
}

/** One state of the rows: before a commit, or after it. */
const createSide = <L extends Listener>(audience: Audience<L>, neighbours: Neighbours): Side<L> => {
  const known = new Map<string, Promise<Held<L>>>()

  const holding = (table: AudienceTable<L>, id: string): Promise<Held<L>> => {
    const name = `${table.table.name}/${id}`
    const found = known.get(name) ?? find(table, id)
    known.set(name, found)
    return found
  }

  const find = async (table: AudienceTable<L>, id: string): Promise<Held<L>> => {
    const row = await neighbours.row(table.table.name, id)
    if (row === undefined) return { row, listeners: nobody }
    const linked =
      table.linking === undefined
        ? unlinked
        : await gatherLinked(audience.schema, table.table, table.linking, row, neighbours)
    let listeners = table.selecting(row, linked)
    for (const reach of table.reaches) {
      if (listeners === audience.listeners) break
      listeners = union(listeners, await brought(table, reach, row), audience.listeners)
    }
    return { row, listeners: table.reading(listeners, row) }
  }

  /** Who holds a row that brings this one. */
  const brought = async (table: AudienceTable<L>, reach: Reach, row: Row): Promise<ReadonlySet<L>> => {
    const source = audience.tables.get(reach.by)!
    if (reach.side === 'many') {
      const id = lookupIn(table.table, reach, row)
      return id === undefined ? nobody : (await holding(source, id)).listeners
    }
    let listeners: ReadonlySet<L> = nobody
    for (const { id } of await neighbours.where(source.table, operandFor(source.table, reach), row.id)) {
      listeners = union(listeners, (await holding(source, id)).listeners, audience.listeners)
      if (listeners === audience.listeners) break
    }
    return listeners
  }

  return { neighbours, holding }
}

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

const operandFor = (holder: Table, { column }: Reach): { readonly kind: 'column'; readonly column: Column } => ({
  kind: 'column',
  column: holder.byId.get(column)!,
})
type Column = NonNullable<ReturnType<Table['byId']['get']>>

const lookupIn = (holder: Table, { column }: Reach, row: Row): string | undefined => {
  const value = holder.byId.has(column) ? row.fields[column] : undefined
  return typeof value === 'string' ? value : undefined
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

/** A change of another relay's says not what was before: the row is taken for what it is, and doubted. */
const sidesOf = ({ id, before, after, moved }: Changed): { before: Row | undefined; after: Row | undefined } => {
  const past = moved === undefined ? before : { fields: after.fields, deleted: false }
  return {
    before: past === undefined || past.deleted ? undefined : { id, fields: past.fields },
    after: after.deleted ? undefined : { id, fields: after.fields },
  }
}

const isDoubtful = <L extends Listener>({ deciding }: AudienceTable<L>, { moved }: Changed): boolean =>
  moved !== undefined && [...deciding].some(moved)

const overlayOf = (changed: readonly Changed[], side: 'before' | 'after'): Overlay => {
  const overlay = new Map<string, Map<string, Row | undefined>>()
  for (const change of changed) {
    const rows = overlay.get(change.table) ?? new Map<string, Row | undefined>()
    overlay.set(change.table, rows.set(change.id, sidesOf(change)[side]))
  }
  return overlay
}

interface Notes<L extends Listener> {
  readonly concerns: Map<L, Concern>
  changed(table: AudienceTable<L>, change: Changed, had: ReadonlySet<L>, has: ReadonlySet<L>): void
  /** a row that did not change */
  moved(table: AudienceTable<L>, id: string, had: Held<L>, has: Held<L>): void
  /** everybody but those who hold the row for certain */
  doubt(listeners: ReadonlySet<L>, but: ReadonlySet<L>): void
}

const createNotes = <L extends Listener>(): Notes<L> => {
  const concerns = new Map<L, Concern>()
  const of = (listener: L): Concern => {
    const found = concerns.get(listener) ?? { rows: [], gone: [], unsure: false }
    concerns.set(listener, found)
    return found
  }
  const gone = ({ table }: AudienceTable<L>, id: string, row: Row | undefined, listener: L): void => {
    const reads = row !== undefined && listener.scope.tables.get(table.name)?.reads(row.fields, id) === true
    const why = row === undefined ? 'deleted' : reads ? 'left' : 'unknown'
    of(listener).gone.push({ table: table.name, id, why })
  }
  return {
    concerns,
    changed: (table, { id, after }, had, has) => {
      for (const listener of has) of(listener).rows.push({ table: table.table.name, id })
      if (had === has) return
      const row = after.deleted ? undefined : { id, fields: after.fields }
      for (const listener of had) if (!has.has(listener)) gone(table, id, row, listener)
    },
    moved: (table, id, had, has) => {
      if (had.listeners === has.listeners) return
      for (const listener of has.listeners) {
        if (!had.listeners.has(listener)) of(listener).rows.push({ table: table.table.name, id })
      }
      for (const listener of had.listeners) {
        if (!has.listeners.has(listener)) gone(table, id, has.row, listener)
      }
    },
    doubt: (listeners, but) => {
      for (const listener of listeners) if (!but.has(listener)) of(listener).unsure = true
    },
  }
}

const union = <L>(a: ReadonlySet<L>, b: ReadonlySet<L>, everyone: ReadonlySet<L>): ReadonlySet<L> => {
  if (a === everyone || b === everyone) return everyone
  if (a.size === 0 || a === b) return b
  return b.size === 0 ? a : new Set([...a, ...b])
}

const sameSet = <L>(a: ReadonlySet<L>, b: ReadonlySet<L>): boolean =>
  a === b || (a.size === b.size && [...a].every(each => b.has(each)))
