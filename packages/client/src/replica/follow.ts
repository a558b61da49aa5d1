import type { Edit, Outcome } from '@rejoin/profile'
import type { FormDraft } from '../drafts/form-draft.ts'
import type { Entry } from '../outbox/outbox-state.ts'
import type { Pin, Pinned } from '../pins/pin.ts'
import { type Shelf, type StoreChange } from '../store/store.ts'
import type { Conflicted } from './conflicted.ts'
import { isOtherState, type Touched } from './draft.ts'
import { metaKeys, rowFromStored, type StoredRow } from './keys.ts'
import {
  type Authored,
  keyFrom,
  keyOf,
  type Memory,
  type Meta,
  readableIn,
  type Row,
  type TableState,
} from './memory.ts'

/**
 * Memory follows what another program has written to its store: what keys.ts lays out, read back change by change.
 * Pages, and whatever is not one entry put or deleted, say only that there is something to read again.
 */
export interface Followed {
  readonly touched: Touched
  /** tables whose rows are to be read again, or everything */
  readonly again: ReadonlySet<string> | 'all'
}

export const follow = (memory: Memory, changes: readonly StoreChange[]): Followed => {
  const again = new Set<string>()
  const records = new Set<string>()
  const shelvesTouched = new Set<Shelf>()
  const { meta, tables } = memory
  const readable = new Map([...tables].map(([table, state]) => [table, readableIn(state)]))
  let bySeq: Map<number, Edit> | undefined
  let whole = false
  let pinsMoved = false

  for (const change of changes) {
    const put = 'put' in change ? change : undefined
    const shelf = put?.put ?? ('delete' in change ? change.delete : undefined)
    if (shelf === undefined) {
      if ('clear' in change && change.clear === 'overlay' && change.from !== undefined) {
        again.add(keyFrom(change.from).table)
      } else if ('clear' in change && change.clear !== 'page') whole = true
      continue
    }
    const key = put?.key ?? (change as { readonly key: string }).key
    shelvesTouched.add(shelf)
    const value: unknown = put?.value
    if (shelf === 'overlay') {
      records.add(key)
      if (value === undefined) again.add(keyFrom(key).table)
      else takeStored(memory, key, value as StoredRow)
    } else if (shelf === 'outbox') {
      bySeq ??= new Map([...memory.entries.values()].map(({ edit }) => [edit.seq, edit]))
      const { table, record } =
        value === undefined ? dropEntry(memory, bySeq.get(Number(key))) : putEntry(memory, value as Entry)
      records.add(keyOf({ table, id: record }))
    } else if (shelf === 'authored') set(memory.authored, key, value as Authored | undefined)
    else if (shelf === 'ledger') set(memory.ledger, key, value as Conflicted | undefined)
    else if (shelf === 'draft') set(memory.forms, decodeURIComponent(key), value as FormDraft | undefined)
    else if (shelf === 'pin') pinsMoved = takePin(memory, key, value, records) || pinsMoved
    else if (shelf === 'settled') set(memory.settled, key, value as Outcome | undefined)
    else if (shelf === 'meta') takeMeta(memory, key, value)
  }
  for (const [table, state] of tables) if (readable.get(table) !== readableIn(state)) again.add(table)
  const stateMoved = tables.size !== readable.size || again.size > 0 || pinsMoved
  return {
    touched: {
      records,
      tables: again,
      outbox: shelvesTouched.has('outbox'),
      ledger: shelvesTouched.has('ledger'),
      drafts: shelvesTouched.has('draft'),
      state: stateMoved || isOtherState(meta, memory.meta),
    },
    again: whole ? 'all' : again,
  }
}

/** Everything has been read anew: the maps stay, for there is who holds them. */
export const refill = (memory: Memory, fresh: Memory): Touched => {
  const tables = new Set([...memory.rows.keys(), ...fresh.rows.keys()])
  const before = [...memory.chains.keys()]
  for (const name of followed) {
    const [into, from] = [memory[name] as Map<string, unknown>, [...fresh[name]]]
    into.clear()
    for (const [key, value] of from) into.set(key, value)
  }
  memory.meta = fresh.meta
  return {
    records: new Set([...before, ...memory.chains.keys()]),
    tables,
    outbox: true,
    ledger: true,
    drafts: true,
    state: true,
  }
}

/** all but what peers told this one */
const followed = [
  'rows',
  'staged',
  'entries',
  'chains',
  'authored',
  'tables',
  'ledger',
  'settled',
  'forms',
  'pins',
  'pinned',
  'carried',
] as const

const takeStored = (memory: Memory, key: string, stored: StoredRow): void => {
  const row = rowFromStored(stored)
  if (row === undefined) return
  const { table, id } = keyFrom(key)
  const rows = memory.rows.get(table) ?? new Map<string, Row>()
  memory.rows.set(table, rows.set(id, row))
}

const putEntry = (memory: Memory, entry: Entry): Edit => {
  const { edit } = entry
  const key = keyOf({ table: edit.table, id: edit.record })
  if (!memory.entries.has(edit.id)) memory.chains.set(key, [...(memory.chains.get(key) ?? []), edit.id])
  memory.entries.set(edit.id, entry)
  return edit
}

const dropEntry = (memory: Memory, edit: Edit | undefined): Pick<Edit, 'table' | 'record'> => {
  if (edit === undefined) return { table: '', record: '' }
  const key = keyOf({ table: edit.table, id: edit.record })
  const left = (memory.chains.get(key) ?? []).filter(id => id !== edit.id)
  set(memory.chains, key, left.length === 0 ? undefined : left)
  memory.entries.delete(edit.id)
  return edit
}

/** @returns whether it is a pin itself, and not a record that one brought */
const takePin = (memory: Memory, key: string, value: unknown, records: Set<string>): boolean => {
  const [kind, name] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
  if (kind === 'name') set(memory.pins, decodeURIComponent(name), value as Pin | undefined)
  else {
    set(memory.pinned, name, value as Pinned | undefined)
    records.add(name)
  }
  return kind === 'name'
}

const takeMeta = (memory: Memory, key: string, value: unknown): void => {
  const colon = key.indexOf(':')
  const [kind, name] = [key.slice(0, Math.max(0, colon)), key.slice(colon + 1)]
  if (kind === 'table') set(memory.tables, name, value as TableState | undefined)
  else if (kind === 'tab') set(memory.carried, name, value as readonly number[] | undefined)
  else if (isMetaKey(key)) {
    const { [key]: _, ...rest } = memory.meta
    memory.meta = (value === undefined ? rest : { ...rest, [key]: value }) as Meta
  }
}

const isMetaKey = (key: string): key is keyof Meta => (metaKeys as readonly string[]).includes(key)

const set = <V>(map: Map<string, V>, key: string, value: V | undefined): void => {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
