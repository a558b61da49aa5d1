import type { Edit, Outcome } from '@rejoin/profile'
import { type Entry, isMeant } from '../outbox/outbox-state.ts'
import type { StoreChange, StoreValue } from '../store/store.ts'
import type { Conflicted } from './conflicted.ts'
import {
  deleteEntry,
  metaChanges,
  putAuthored,
  putConflicted,
  putEntry,
  putRow,
  putTable,
  storedState,
} from './keys.ts'
import { type Layer, layerOver, pour, settleInto } from './layer.ts'
import { type Authored, keyFrom, keyOf, type Memory, type Meta, type Row, type TableState } from './memory.ts'

/**
 * What a device holds while one change of it is decided: memory, overlaid by what has been decided so far. Nothing
 * reaches memory before the store has it. A decision works on a branch, which is kept, or dropped where it fails.
 */
export interface Draft {
  readonly rows: Layer<Row>
  readonly authored: Layer<Authored>
  readonly tables: Layer<TableState>
  readonly ledger: Layer<Conflicted>
  readonly settled: Layer<Outcome>
  entry(id: string): Entry | undefined
  /** a record's entries in order */
  chain(key: string): readonly Entry[]
  /** pending edits of others on a record, as peers told them */
  foreign(key: string): readonly Edit[]
  /** every entry, in the order of seq */
  entries(): readonly Entry[]
  /** adds at the end of its record's chain, or replaces in place */
  putEntry(entry: Entry): void
  removeEntry(id: string): void
  meta(): Meta
  setMeta(part: Partial<Meta>): void
  replaceMeta(meta: Meta): void
  /** what follows from no layer (pages of `table`): prepared on memory as it is before the commit */
  also(table: string, prepare: (memory: Memory) => Prepared): void
  branch(): Draft & { keep(): void }
}

/** What has changed, for those who watch. */
export interface Touched {
  /** record keys whose row or entries changed */
  readonly records: ReadonlySet<string>
  /** tables of which anything may have changed */
  readonly tables: ReadonlySet<string>
  readonly outbox: boolean
  readonly ledger: boolean
  /** what is granted, which tables are complete, whether a first sync has been */
  readonly state: boolean
}

export interface Prepared {
  readonly changes: readonly StoreChange[]
  /** called when the store has them */
  readonly apply: (memory: Memory) => void
}

interface Also {
  readonly table: string
  readonly prepare: (memory: Memory) => Prepared
}

interface Layers extends Pick<Draft, 'rows' | 'authored' | 'tables' | 'ledger' | 'settled' | 'foreign'> {
  readonly list: Layer<Entry>
  readonly chains: Layer<readonly string[]>
  readonly meta: Layer<Meta>
  readonly also: Also[]
}

export interface Batch extends Draft {
  finish(): Finished
}

export interface Finished {
  readonly changes: readonly StoreChange[]
  /** memory takes it over; call when the store has it */
  readonly apply: () => Touched
}

export const createDraft = (memory: Memory): Batch => {
  const layers: Layers = {
    rows: layerOver(key => {
      const { table, id } = keyFrom(key)
      return memory.rows.get(table)?.get(id)
    }),
    authored: layerOver(key => memory.authored.get(key)),
    tables: layerOver(key => memory.tables.get(key)),
    ledger: layerOver(key => memory.ledger.get(key)),
    settled: layerOver(key => memory.settled.get(key)),
    list: layerOver(key => memory.entries.get(key)),
    chains: layerOver(key => memory.chains.get(key)),
    meta: layerOver(() => memory.meta),
    foreign: key => memory.foreign.get(key) ?? none,
    also: [],
  }
  const everyId = (): Iterable<string> => memory.entries.keys()
  return Object.assign(draftOn(layers, everyId), {
    finish: () => {
      const prepared = layers.also.map(({ prepare }) => prepare(memory))
      const changes = [...prepared.flatMap(each => each.changes), ...changesOf(layers, memory)]
      return { changes, apply: () => applyTo(layers, prepared, memory) }
    },
  })
}

const none: readonly Edit[] = []

const draftOn = (layers: Layers, idsBelow: () => Iterable<string>): Draft => {
  const { list, chains, meta } = layers
  const ids = (): Set<string> => new Set([...idsBelow(), ...list.written.keys()])
  const present = (all: Iterable<string>): Entry[] => {
    const entries: Entry[] = []
    for (const id of all) {
      const entry = list.get(id)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }
  return {
    // Spelled out: a spread costs more than all the rest of a small decision.
    rows: layers.rows,
    authored: layers.authored,
    tables: layers.tables,
    ledger: layers.ledger,
    settled: layers.settled,
    foreign: layers.foreign,
    entry: id => list.get(id),
    chain: key => present(chains.get(key) ?? []),
    entries: () => present(list.written.size === 0 ? idsBelow() : ids()),
    putEntry: entry => {
      const { id, table, record } = entry.edit
      const key = keyOf({ table, id: record })
      if (list.get(id) === undefined) chains.set(key, [...(chains.get(key) ?? []), id])
      list.set(id, entry)
    },
    removeEntry: id => {
      const entry = list.get(id)
      if (entry === undefined) return
      const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
      const left = (chains.get(key) ?? []).filter(each => each !== id)
      chains.set(key, left.length === 0 ? undefined : left)
      list.set(id, undefined)
    },
    meta: () => meta.get('')!,
    replaceMeta: whole => meta.set('', whole),
    setMeta: part => meta.set('', { ...meta.get('')!, ...part }),
    also: (table, prepare) => void layers.also.push({ table, prepare }),
    branch: () => {
      const above: Layers = {
        rows: layerOver(key => layers.rows.get(key)),
        authored: layerOver(key => layers.authored.get(key)),
        tables: layerOver(key => layers.tables.get(key)),
        ledger: layerOver(key => layers.ledger.get(key)),
        settled: layerOver(key => layers.settled.get(key)),
        list: layerOver(key => layers.list.get(key)),
        chains: layerOver(key => layers.chains.get(key)),
        foreign: layers.foreign,
        meta: layerOver(key => layers.meta.get(key)),
        also: [],
      }
      return Object.assign(draftOn(above, ids), {
        keep: () => {
          pour(above.rows, layers.rows)
          pour(above.authored, layers.authored)
          pour(above.tables, layers.tables)
          pour(above.ledger, layers.ledger)
          pour(above.settled, layers.settled)
          pour(above.list, layers.list)
          pour(above.chains, layers.chains)
          pour(above.meta, layers.meta)
          layers.also.push(...above.also)
        },
      })
    },
  }
}

const changesOf = ({ rows, authored, tables, ledger, settled, list, meta }: Layers, memory: Memory): StoreChange[] => {
  const changes: StoreChange[] = []
  for (const [key, row] of rows.written) changes.push(putRow(key, row))
  for (const [key, value] of authored.written) changes.push(putAuthored(key, value))
  for (const [key, value] of tables.written) changes.push(putTable(key, value))
  for (const value of ledger.written.values()) if (value !== undefined) changes.push(putConflicted(value))
  for (const [key, value] of settled.written)
    if (value !== undefined) changes.push({ put: 'settled', key, value: value as unknown as StoreValue })
  for (const [id, entry] of list.written) {
    const before = memory.entries.get(id)
    if (entry === undefined) {
      if (before !== undefined) changes.push(deleteEntry(before))
    } else if (before === undefined || !sameStored(before, entry)) changes.push(putEntry(entry))
  }
  changes.push(...metaChanges(memory.meta, meta.get('')!))
  return changes
}

/** Marks of one session (sent, told) are not worth a write. */
const sameStored = (before: Entry, after: Entry): boolean => {
  if (before.edit !== after.edit) return false
  const [a, b] = [storedState(before.state), storedState(after.state)]
  if (a.status === 'waiting') return b.status === 'waiting'
  if (a.status === 'withdrawing') return b.status === 'withdrawing' && a.closing === b.closing
  return before.state === after.state
}

const applyTo = (layers: Layers, prepared: readonly Prepared[], memory: Memory): Touched => {
  const { rows, authored, tables, ledger, settled, list, chains, meta, also } = layers
  const records = new Set<string>(rows.written.keys())
  const whole = new Set(also.map(({ table }) => table))
  for (const { apply } of prepared) apply(memory)
  for (const [key, row] of rows.written) {
    const { table, id } = keyFrom(key)
    const ofTable = memory.rows.get(table) ?? new Map<string, Row>()
    if (row === undefined) ofTable.delete(id)
    else ofTable.set(id, row)
    memory.rows.set(table, ofTable)
  }
  for (const [id, entry] of list.written) {
    const { table, record } = (entry ?? memory.entries.get(id))?.edit ?? { table: '', record: '' }
    records.add(keyOf({ table, id: record }))
  }
  const outbox = list.written.size > 0
  const after = meta.get('')!
  const state = tables.written.size > 0 || after.grant !== memory.meta.grant || after.ready !== memory.meta.ready
  settleInto(authored, memory.authored)
  settleInto(tables, memory.tables)
  settleInto(ledger, memory.ledger)
  settleInto(settled, memory.settled)
  settleInto(list, memory.entries)
  settleInto(chains, memory.chains)
  memory.meta = after
  return { records, tables: whole, outbox, ledger: ledger.written.size > 0, state }
}

/** The entries of a chain that a new edit would be recorded on: back from the last one its author still means. */
export const standingOn = (chain: readonly Entry[]): readonly Entry[] => {
  let wanted = chain.findLast(({ state }) => state.status !== 'withdrawing')?.edit.id
  const found: Entry[] = []
  for (const entry of chain.toReversed()) {
    if (entry.edit.id !== wanted) continue
    found.push(entry)
    wanted = entry.edit.after
  }
  return found.toReversed()
}

/** The edits a view is made of. */
export const meant = (chain: readonly Entry[]): readonly Entry[] => chain.filter(({ state }) => isMeant(state))
