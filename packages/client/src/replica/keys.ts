import { isSound } from '@rejoin/profile'
import type { FormDraft } from '../drafts/form-draft.ts'
import type { Entry } from '../outbox/outbox-state.ts'
import type { Pin, Pinned } from '../pins/pin.ts'
import { shelfOf } from '../store/change.ts'
import type { StoreChange, StoreValue } from '../store/store.ts'
import { type Conflicted, keyOfConflicted } from './conflicted.ts'
import { type Authored, type Meta, type Row, rowFrom, type TableState } from './memory.ts'

/** How the store is laid out: which shelf, which key, which value. Everything here is plain data already. */

export const pageKey = (table: string, generation: number, page: number): string =>
  `${pagePrefix(table, generation)}${String(page).padStart(8, '0')}`

const pagePrefix = (table: string, generation: number): string => `${table}/${generation}/`

/** every page of a generation; `0` follows `/` */
export const pagesOf = (table: string, generation: number): { readonly from: string; readonly to: string } => ({
  from: pagePrefix(table, generation),
  to: `${table}/${generation}0`,
})

export const rowsOf = (table: string): { readonly from: string; readonly to: string } => ({
  from: `${table}/`,
  to: `${table}0`,
})

export const seqKey = (seq: number): string => String(seq).padStart(16, '0')

const stored = (value: unknown): StoreValue => value as StoreValue

export const putPage = (key: string, rows: number, packed: Uint8Array): StoreChange => ({
  put: 'page',
  key,
  value: { rows, packed },
})

export const putRow = (key: string, row: Row | undefined): StoreChange => {
  if (row === undefined) return { delete: 'overlay', key }
  const { rev, generation, envelope, gone, kept } = row
  // Nearly every row: without a spread.
  if (envelope !== undefined && gone === undefined) return { put: 'overlay', key, value: { rev, generation, envelope } }
  const value = {
    rev,
    generation,
    ...(envelope === undefined ? {} : { envelope }),
    ...(gone === undefined ? {} : { gone }),
    ...(kept === undefined ? {} : { kept: stored(kept) }),
  }
  return { put: 'overlay', key, value }
}

export interface StoredRow {
  readonly rev: number
  readonly generation: number
  readonly envelope?: Uint8Array
  readonly gone?: NonNullable<Row['gone']>
  readonly kept?: NonNullable<Row['kept']>
}

/** @returns undefined where its bytes are damaged: it counts as missing */
export const rowFromStored = ({ rev, generation, envelope, gone, kept }: StoredRow): Row | undefined =>
  envelope !== undefined && !isSound(envelope) ? undefined : rowFrom(rev, generation, envelope, gone, kept)

/** `sent` is a fact of one session; that it may have left is told by `Meta.left`, so that sending rewrites no entry. */
export const storedState = (state: Entry['state']): Entry['state'] => {
  if (state.status === 'sent' || state.status === 'waiting') return { status: 'waiting', left: false }
  return state.status === 'withdrawing' ? { ...state, told: false } : state
}

export const putEntry = ({ edit, state, separate, before }: Entry): StoreChange => ({
  put: 'outbox',
  key: seqKey(edit.seq),
  value: stored({
    edit,
    state: storedState(state),
    ...(separate === undefined ? {} : { separate }),
    ...(before === undefined ? {} : { before }),
  }),
})

export const deleteEntry = ({ edit }: Entry): StoreChange => ({ delete: 'outbox', key: seqKey(edit.seq) })

/** Something a person has just done, and nobody else knows. */
export const isNewWork = (change: StoreChange): boolean =>
  'put' in change &&
  (change.put === 'draft' ||
    (change.put === 'outbox' && (change.value as Partial<Entry> | null)?.state?.status === 'waiting'))

/** A row that others know too, and not the mark of one that went: what takes rows away never waits for room. */
export const isBrought = (change: StoreChange): boolean =>
  'put' in change &&
  (change.put === 'page' ||
    change.put === 'pin' ||
    (change.put === 'overlay' && (change.value as Partial<StoredRow> | null)?.gone === undefined))

/** What becomes of an entry. */
export const isSettling = (change: StoreChange): boolean => shelfOf(change) === 'outbox'

export const putAuthored = (key: string, authored: Authored | undefined): StoreChange =>
  authored === undefined ? { delete: 'authored', key } : { put: 'authored', key, value: stored(authored) }

export const putTable = (table: string, state: TableState | undefined): StoreChange =>
  state === undefined
    ? { delete: 'meta', key: `table:${table}` }
    : { put: 'meta', key: `table:${table}`, value: stored(state) }

export const putCarried = (tab: string, acts: readonly number[] | undefined): StoreChange =>
  acts === undefined ? { delete: 'meta', key: `tab:${tab}` } : { put: 'meta', key: `tab:${tab}`, value: stored(acts) }
export const putPin = (name: string, pin: Pin | undefined): StoreChange => {
  const key = `name:${encodeURIComponent(name)}`
  return pin === undefined ? { delete: 'pin', key } : { put: 'pin', key, value: stored(pin) }
}

export const putPinned = (record: string, pinned: Pinned | undefined): StoreChange => {
  const key = `row:${record}`
  return pinned === undefined ? { delete: 'pin', key } : { put: 'pin', key, value: stored(pinned) }
}

/** Names are whatever people write; keys are ASCII. */
export const putForm = (name: string, form: FormDraft | undefined): StoreChange =>
  form === undefined
    ? { delete: 'draft', key: encodeURIComponent(name) }
    : { put: 'draft', key: encodeURIComponent(name), value: stored(form) }

export const putConflicted = (conflicted: Conflicted): StoreChange => ({
  put: 'ledger',
  key: keyOfConflicted(conflicted),
  value: stored(conflicted),
})

/** Each member under its own key: the grant is large and rarely changes, the seq changes with every save. */
export const metaChanges = (before: Meta, after: Meta): StoreChange[] => {
  const changes: StoreChange[] = []
  if (before === after) return changes
  for (const key of metaKeys) {
    const value = after[key]
    if (value === before[key]) continue
    changes.push(value === undefined ? { delete: 'meta', key } : putMeta(key, value))
  }
  return changes
}

export const putMeta = <K extends keyof Meta>(key: K, value: NonNullable<Meta[K]>): StoreChange => ({
  put: 'meta',
  key,
  value: stored(value),
})

export const metaKeys = [
  'device',
  'grant',
  'seq',
  'left',
  'ids',
  'cursor',
  'ready',
  'fresh',
  'sealed',
  'offline',
  'paused',
  'scheduled',
  'sync',
  'imported',
] as const
