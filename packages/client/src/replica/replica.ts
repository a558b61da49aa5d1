import {
  addRow,
  type Content,
  type Edit,
  emptyFingerprint,
  type Fingerprint,
  type Holding,
  type Position,
  type RowState,
  type Wanted,
} from '@rejoin/profile'
import { createListeners, type Listeners } from '../observe/observable.ts'
import type { Store } from '../store/store.ts'
import { createDraft, type Draft, type Touched } from './draft.ts'
import { columnSetOf, type Grant } from './grant.ts'
import { loadMemory } from './load.ts'
import { type App, keyFrom, keyOf, type Memory, type Meta, type TableState } from './memory.ts'
import { viewIn } from './recording.ts'
import { isLive, plainView } from './view.ts'
import { createWriter, type Writer } from './writer.ts'

/**
 * What a device holds and how it changes. It knows no socket and no clock of its own, and not who speaks: a relay, a
 * peer or a user.
 */
export interface Replica extends Reading, Writer {}

/** What a device holds, for who only looks. */
export interface Reading {
  readonly memory: Memory
  /** memory as decisions see it, for reading only */
  readonly present: Draft
  readonly grant: Grant | undefined
  /** the record as its user sees it; undefined where there is none, or it is deleted */
  view(key: string): Content | undefined
  /** every record of a table that its user sees, in no order; `only`: of which at least these columns are read */
  each(table: string, visit: (id: string, content: Content) => void, only?: Wanted): void
  /** a record as `each` would visit it: outside the scope there is none (DS15) */
  listed(key: string, only?: Wanted): Content | undefined
  /** rows that count in the fingerprint: what the relay says this device holds */
  held(table: string): RowState[]
  fingerprint(table: string): Fingerprint
  holdings(): Holding[]
  /** pending edits a peer tells of, replacing what it told before; they lie in the view and nowhere else */
  layForeign(peer: object, edits: readonly Edit[]): void
  readonly touched: Pick<Listeners<Touched>, 'subscribe'>
}

export interface ReplicaParts {
  readonly random: (length: number) => Uint8Array
  readonly report: (error: unknown) => void
  readonly app?: App
}

export const openReplica = async (store: Store, { random, report, app }: ReplicaParts): Promise<Replica> => {
  const memory = await loadMemory(store, random, app)
  const reading = createReading(memory, report)
  return writing(reading, reading.tell, store)
}

/** What reads, writing too. */
export const writing = (reading: Reading, tell: (change: Touched) => void, store: Store): Replica =>
  // It inherits: a spread would read `grant` once and for all.
  Object.assign(Object.create(reading) as Reading, createWriter(reading.memory, store, tell))

/** `tell`: what of memory has just changed */
export const createReading = (
  memory: Memory,
  report: (error: unknown) => void,
): Reading & { readonly tell: (change: Touched) => void } => {
  const touched = createListeners<Touched>(report)
  const views = new Map<string, Content | undefined>()
  const present = createDraft(memory)
  const tell = (change: Touched): void => {
    for (const key of change.records) views.delete(key)
    if (change.state || change.tables.size > 0) views.clear()
    touched.tell(change)
  }

  /** What the relay stated; the author's own records that it does not know yet are none of it. */
  const isStated = (key: string): boolean => {
    const { table, id } = keyFrom(key)
    return memory.rows.get(table)?.has(id) === true
  }

  /** Beside the scope: what the user added to his download. A row that was deleted is not held up by it. */
  const pinnedView = (key: string): Content | undefined => {
    if (memory.pinned.size === 0 || memory.meta.sealed === true) return undefined
    const pinned = memory.pinned.get(key)
    return pinned === undefined || present.rows.get(key)?.gone === 'deleted'
      ? undefined
      : { fields: pinned.fields, deleted: false }
  }

  const view = (key: string, only?: Wanted): Content | undefined => {
    if (memory.meta.sealed === true && isStated(key)) return undefined
    // Records nobody has pending edits on are remembered by their rows.
    if (!memory.chains.has(key) && !memory.foreign.has(key)) {
      if (memory.meta.grant === undefined) return undefined
      return liveOf(plainView(present.rows.get(key), only)) ?? pinnedView(key)
    }
    if (!views.has(key)) views.set(key, liveOf(viewIn(present, key)))
    return views.get(key)
  }

  /** Outside the scope, but of the user's own making: not in lists, and read where he asks for it (DS15). */
  const keptView = (key: string): Content | undefined => {
    const fields = memory.meta.sealed === true ? undefined : present.rows.get(key)?.kept?.fields
    return fields === undefined ? undefined : { fields, deleted: false }
  }

  const byPeer = new Map<object, readonly Edit[]>()
  const layForeign = (peer: object, edits: readonly Edit[]): void => {
    byPeer.set(peer, edits)
    const before = [...memory.foreign.keys()]
    memory.foreign.clear()
    // Two peers may tell of the same edit.
    const known = new Map([...byPeer.values()].flat().map(edit => [edit.id, edit]))
    for (const edit of known.values()) {
      if (edit.device === memory.meta.device) continue
      const key = keyOf({ table: edit.table, id: edit.record })
      memory.foreign.set(key, [...(memory.foreign.get(key) ?? []), edit])
    }
    const records = new Set([...before, ...memory.foreign.keys()])
    if (records.size > 0) {
      tell({ records, tables: new Set(), outbox: false, ledger: false, drafts: false, state: false })
    }
  }

  const held = (table: string): RowState[] => {
    const rows: RowState[] = []
    for (const [id, { rev, gone }] of memory.rows.get(table) ?? []) if (gone === undefined) rows.push({ id, rev })
    return rows
  }

  const each: Reading['each'] = (table, visit, only) => {
    const beside = idsBeside(memory, table)
    for (const id of beside) {
      const content = view(`${table}/${id}`)
      if (content !== undefined) visit(id, content)
    }
    if (memory.meta.grant === undefined || memory.meta.sealed === true) return
    for (const [id, row] of memory.rows.get(table) ?? []) {
      const content = beside.has(id) ? undefined : liveOf(plainView(row, only))
      if (content !== undefined) visit(id, content)
    }
  }

  return {
    tell,
    memory,
    present,
    get grant() {
      return memory.meta.grant
    },
    view: key => view(key) ?? keptView(key),
    listed: view,
    each,
    held,
    fingerprint: table => {
      const sum = emptyFingerprint()
      const columnSet = memory.meta.grant === undefined ? undefined : columnSetOf(memory.meta.grant, table)
      for (const row of held(table)) addRow(sum, row, columnSet ?? '')
      return sum
    },
    holdings: () => holdingsOf(memory),
    layForeign,
    touched,
  }
}

/** Records of which more is to be said than their rows say: edited here or by a peer, or pinned. */
const idsBeside = ({ chains, foreign, pinned }: Memory, table: string): ReadonlySet<string> => {
  const ids = new Set<string>()
  for (const keys of [chains, foreign, pinned]) {
    for (const key of keys.keys()) if (key.startsWith(`${table}/`)) ids.add(keyFrom(key).id)
  }
  return ids
}

const liveOf = (content: Content | undefined): Content | undefined => (isLive(content) ? content : undefined)

/** The cursor counts for what is pushed; a table that passes bring has its own. */
const positionIn = ({ at, passed }: Extract<TableState, { state: 'complete' }>, { cursor }: Meta): Position =>
  passed === undefined ? (cursor ?? at) : at

const holdingsOf = ({ tables, meta }: Memory): Holding[] =>
  [...tables].map(([table, state]): Holding => {
    const { columnSet } = state
    if (state.state === 'complete') return { state: 'complete', table, at: positionIn(state, meta), columnSet }
    return { state: 'partial', table, start: state.start, after: state.after, columnSet }
  })
