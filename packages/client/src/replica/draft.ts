import type { Commands, Edit, Outcome, Strategies } from '@rejoin/profile'
import type { FormDraft } from '../drafts/form-draft.ts'
import { type Entry, isMeant } from '../outbox/outbox-state.ts'
import type { Pin, Pinned } from '../pins/pin.ts'
import type { StoreChange, StoreValue } from '../store/store.ts'
import type { Conflicted } from './conflicted.ts'
import {
  deleteEntry,
  metaChanges,
  putAuthored,
  putCarried,
  putConflicted,
  putEntry,
  putForm,
  putPin,
  putPinned,
  putRow,
  putTable,
  storedState,
} from './keys.ts'
import { type Below, Layer, pour, settleInto } from './layer.ts'
import { type App, type Authored, keyFrom, keyOf, type Memory, type Meta, type Row, type TableState } from './memory.ts'

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
  /** the app's named actions, and its ways to settle conflicts */
  readonly commands: Commands
  readonly strategies: Strategies
  readonly carried: Layer<readonly number[]>
  readonly forms: Layer<FormDraft>
  readonly pins: Layer<Pin>
  readonly pinned: Layer<Pinned>
  entry(id: string): Entry | undefined
  /** a record's entries in order */
  chain(key: string): readonly Entry[]
  /** pending edits of others on a record, as peers told them */
  foreign(key: string): readonly Edit[]
  /** every entry, in the order of seq */
  entries(): readonly Entry[]
  /** every form saved but not submitted */
  drafts(): readonly FormDraft[]
  /** everything the user added to the download */
  selections(): readonly Pin[]
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
  readonly drafts: boolean
  /** what is granted, which tables are complete, whether a first sync has been, whether it has expired */
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

/** What a draft lies over: memory, or the draft it branched from. */
interface Ground {
  readonly rows: Below<Row>
  readonly authored: Below<Authored>
  readonly tables: Below<TableState>
  readonly ledger: Below<Conflicted>
  readonly settled: Below<Outcome>
  readonly carried: Below<readonly number[]>
  readonly forms: Below<FormDraft>
  readonly pins: Below<Pin>
  readonly pinned: Below<Pinned>
  readonly list: Below<Entry>
  readonly chains: Below<readonly string[]>
  readonly meta: Below<Meta>
  readonly foreign: Below<readonly Edit[]>
}

type Layers = { readonly [K in keyof Ground]: Ground[K] extends Below<infer V> ? Layer<V> : never } & {
  readonly also: Also[]
}

const layersOver = (ground: Ground): Layers => ({
  rows: new Layer(ground.rows),
  authored: new Layer(ground.authored),
  tables: new Layer(ground.tables),
  ledger: new Layer(ground.ledger),
  settled: new Layer(ground.settled),
  carried: new Layer(ground.carried),
  forms: new Layer(ground.forms),
  pins: new Layer(ground.pins),
  pinned: new Layer(ground.pinned),
  list: new Layer(ground.list),
  chains: new Layer(ground.chains),
  meta: new Layer(ground.meta),
  foreign: new Layer(ground.foreign),
  also: [],
})

const groundIn = (memory: Memory): Ground => ({
  rows: {
    get: key => {
      const { table, id } = keyFrom(key)
      return memory.rows.get(table)?.get(id)
    },
  },
  authored: memory.authored,
  tables: memory.tables,
  ledger: memory.ledger,
  settled: memory.settled,
  carried: memory.carried,
  forms: memory.forms,
  pins: memory.pins,
  pinned: memory.pinned,
  list: memory.entries,
  chains: memory.chains,
  meta: { get: () => memory.meta },
  foreign: memory.foreign,
})

export interface Batch extends Draft {
  finish(): Finished
}

export interface Finished {
  readonly changes: readonly StoreChange[]
  /** memory takes it over; call when the store has it */
  readonly apply: () => Touched
}

export const createDraft = (memory: Memory): Batch => {
  const layers = layersOver(groundIn(memory))
  return Object.assign(new LaidOver(layers, namedIn(memory), memory), {
    finish: () => {
      const prepared = layers.also.map(({ prepare }) => prepare(memory))
      const changes = [...prepared.flatMap(each => each.changes), ...changesOf(layers, memory)]
      return { changes, apply: () => applyTo(layers, prepared, memory) }
    },
  })
}

const none: readonly never[] = []

/** What is below, where all of it is asked for: ids of entries, names of forms and of selections. */
interface Named {
  ids(): Iterable<string>
  names(): Iterable<string>
  selected(): Iterable<string>
}

const namedIn = ({ entries, forms, pins }: Memory): Named => ({
  ids: () => entries.keys(),
  names: () => forms.keys(),
  selected: () => pins.keys(),
})

/** A class, as layers are: every message and every save has its draft, and closures would outweigh what they decide. */
class LaidOver implements Draft {
  private readonly layers: Layers
  private readonly below: Named
  readonly commands: Commands
  readonly strategies: Strategies

  constructor(layers: Layers, below: Named, { commands, strategies }: App) {
    this.layers = layers
    this.below = below
    this.commands = commands
    this.strategies = strategies
  }

  get rows(): Layer<Row> {
    return this.layers.rows
  }
  get authored(): Layer<Authored> {
    return this.layers.authored
  }
  get tables(): Layer<TableState> {
    return this.layers.tables
  }
  get ledger(): Layer<Conflicted> {
    return this.layers.ledger
  }
  get settled(): Layer<Outcome> {
    return this.layers.settled
  }
  get carried(): Layer<readonly number[]> {
    return this.layers.carried
  }
  get forms(): Layer<FormDraft> {
    return this.layers.forms
  }
  get pins(): Layer<Pin> {
    return this.layers.pins
  }
  get pinned(): Layer<Pinned> {
    return this.layers.pinned
  }

  entry(id: string): Entry | undefined {
    return this.layers.list.get(id)
  }

  chain(key: string): readonly Entry[] {
    const ids = this.layers.chains.get(key)
    return ids === undefined ? none : this.present(ids)
  }

  foreign(key: string): readonly Edit[] {
    return this.layers.foreign.get(key) ?? none
  }

  entries(): readonly Entry[] {
    return this.present(this.layers.list.written.size === 0 ? this.below.ids() : this.ids())
  }

  drafts(): readonly FormDraft[] {
    return [...this.names()].flatMap(name => this.layers.forms.get(name) ?? [])
  }

  selections(): readonly Pin[] {
    return [...this.selected()].flatMap(name => this.layers.pins.get(name) ?? [])
  }

  putEntry(entry: Entry): void {
    const { list, chains } = this.layers
    const { id, table, record } = entry.edit
    const key = keyOf({ table, id: record })
    if (list.get(id) === undefined) chains.set(key, [...(chains.get(key) ?? none), id])
    list.set(id, entry)
  }

  removeEntry(id: string): void {
    const { list, chains } = this.layers
    const entry = list.get(id)
    if (entry === undefined) return
    const key = keyOf({ table: entry.edit.table, id: entry.edit.record })
    const left = (chains.get(key) ?? none).filter(each => each !== id)
    chains.set(key, left.length === 0 ? undefined : left)
    list.set(id, undefined)
  }

  meta(): Meta {
    return this.layers.meta.get('')!
  }

  setMeta(part: Partial<Meta>): void {
    this.replaceMeta({ ...this.meta(), ...part })
  }

  replaceMeta(meta: Meta): void {
    this.layers.meta.set('', meta)
  }

  also(table: string, prepare: (memory: Memory) => Prepared): void {
    this.layers.also.push({ table, prepare })
  }

  branch(): Draft & { keep(): void } {
    const below = this.layers
    const above = layersOver(below)
    return Object.assign(new LaidOver(above, this.named(), this), {
      keep: () => {
        pour(above.rows, below.rows)
        pour(above.authored, below.authored)
        pour(above.tables, below.tables)
        pour(above.ledger, below.ledger)
        pour(above.settled, below.settled)
        pour(above.carried, below.carried)
        pour(above.forms, below.forms)
        pour(above.pins, below.pins)
        pour(above.pinned, below.pinned)
        pour(above.list, below.list)
        pour(above.chains, below.chains)
        pour(above.meta, below.meta)
        below.also.push(...above.also)
      },
    })
  }

  private ids(): ReadonlySet<string> {
    return new Set([...this.below.ids(), ...this.layers.list.written.keys()])
  }

  private names(): ReadonlySet<string> {
    return new Set([...this.below.names(), ...this.layers.forms.written.keys()])
  }

  private selected(): ReadonlySet<string> {
    return new Set([...this.below.selected(), ...this.layers.pins.written.keys()])
  }

  private named(): Named {
    return { ids: () => this.ids(), names: () => this.names(), selected: () => this.selected() }
  }

  private present(ids: Iterable<string>): Entry[] {
    const entries: Entry[] = []
    for (const id of ids) {
      const entry = this.layers.list.get(id)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }
}

const changesOf = (
  { rows, authored, tables, ledger, settled, carried, forms, pins, pinned, list, meta }: Layers,
  memory: Memory,
): StoreChange[] => {
  const changes: StoreChange[] = []
  for (const [key, row] of rows.written) changes.push(putRow(key, row))
  for (const [key, value] of authored.written) changes.push(putAuthored(key, value))
  for (const [key, value] of tables.written) changes.push(putTable(key, value))
  for (const value of ledger.written.values()) if (value !== undefined) changes.push(putConflicted(value))
  for (const [key, value] of settled.written)
    if (value !== undefined) changes.push({ put: 'settled', key, value: value as unknown as StoreValue })
  for (const [tab, acts] of carried.written) changes.push(putCarried(tab, acts))
  for (const [name, form] of forms.written) changes.push(putForm(name, form))
  for (const [name, pin] of pins.written) changes.push(putPin(name, pin))
  for (const [key, row] of pinned.written) changes.push(putPinned(key, row))
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
  const { rows, authored, tables, ledger, settled, carried, forms, pins, pinned, list, chains, meta, also } = layers
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
  for (const key of pinned.written.keys()) records.add(key)
  const outbox = list.written.size > 0
  const after = meta.get('')!
  // Of no table alone: of all of them.
  const everything = whole.delete('')
  const state = everything || tables.written.size > 0 || pins.written.size > 0 || isOtherState(memory.meta, after)
  settleInto(authored, memory.authored)
  settleInto(tables, memory.tables)
  settleInto(ledger, memory.ledger)
  settleInto(settled, memory.settled)
  settleInto(carried, memory.carried)
  settleInto(forms, memory.forms)
  settleInto(pins, memory.pins)
  settleInto(pinned, memory.pinned)
  settleInto(list, memory.entries)
  settleInto(chains, memory.chains)
  memory.meta = after
  return { records, tables: whole, outbox, ledger: ledger.written.size > 0, drafts: forms.written.size > 0, state }
}

export const isOtherState = (before: Meta, after: Meta): boolean =>
  after.grant !== before.grant ||
  after.ready !== before.ready ||
  after.sealed !== before.sealed ||
  after.sync !== before.sync ||
  after.offline !== before.offline

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
