import {
  type Confirmed,
  type Content,
  type Edit,
  type LedgerEntry,
  packEnvelope,
  type Position,
  readFlat,
  type RecordState,
  unpackEnvelope,
} from '@rejoin/profile'
import { type Emptied, emptiedKey } from '../erasure/emptied.ts'
import { isErased } from '../erasure/tombstone.ts'
import { entryKey, type Found, keyOf, type RecordKey, type StoredEdit, type StoredRecord } from '../storage/storage.ts'
import type { Changed } from './submission.ts'

/**
 * The records and edits of one commit while it is decided: what storage found, overlaid by what has been settled so
 * far. A group is tried on a `branch`, which is kept or thrown away as a whole.
 */
export interface Workspace {
  readonly commit: string
  readonly rev: () => number
  readonly nextRev: () => number
  record(key: RecordKey): RecordState | undefined
  /** an edit that has already been answered */
  edit(id: string): StoredEdit | undefined
  put(key: RecordKey, record: { readonly confirmed: Confirmed; readonly content: Content }): void
  settle(edit: StoredEdit): void
  note(entry: LedgerEntry): void
  /** columns of a record that were erased, with the revision that did it */
  emptied(key: RecordKey): Emptied | undefined
  /** the author's base in this history, 0 where it is of another one */
  baseOf(edit: Pick<Edit, 'base'>): number
  branch(): Workspace & { readonly notes: readonly LedgerEntry[]; keep(): void }
}

export interface Settled {
  readonly head: Position
  readonly records: readonly StoredRecord[]
  readonly edits: readonly StoredEdit[]
  readonly ledger: readonly LedgerEntry[]
  readonly changed: readonly Changed[]
}

interface Layer {
  rev: number
  readonly records: Map<string, { key: RecordKey; state: Extract<RecordState, { state: 'held' }> }>
  readonly edits: Map<string, StoredEdit>
  readonly ledger: LedgerEntry[]
}

export const createWorkspace = (found: Found, commit: string): Workspace & { settled(): Settled } => {
  const stored = new Map<string, RecordState | undefined>()
  const layer: Layer = { rev: found.head.rev, records: new Map(), edits: new Map(), ledger: [] }
  const load = (key: RecordKey): RecordState | undefined => {
    const name = keyOf(key)
    if (!stored.has(name)) stored.set(name, stateOf(found.records.get(name)))
    return stored.get(name)
  }
  const lowest: Lowest = {
    commit,
    load,
    edit: id => found.edits.get(id),
    commitOf: rev => found.commits.get(rev),
    emptied: key => found.entries.get(entryKey(emptiedKey(key)))?.value as Emptied | undefined,
  }
  return {
    ...layered(lowest, layer),
    settled: () => {
      const changed = [...layer.records.values()].map(({ key, state }) => changedRecord(key, load(key), state))
      return {
        head: { rev: layer.rev, commit: layer.rev === found.head.rev ? found.head.commit : commit },
        records: changed.map(storedRecord),
        edits: [...layer.edits.values()],
        ledger: layer.ledger,
        changed,
      }
    },
  }
}

interface Lowest {
  readonly commit: string
  readonly load: (key: RecordKey) => RecordState | undefined
  readonly edit: (id: string) => StoredEdit | undefined
  readonly commitOf: (rev: number) => string | undefined
  readonly emptied: (key: RecordKey) => Emptied | undefined
}

const layered = (below: Lowest, layer: Layer): Workspace => {
  const record = (key: RecordKey): RecordState | undefined => layer.records.get(keyOf(key))?.state ?? below.load(key)
  const edit = (id: string): StoredEdit | undefined => layer.edits.get(id) ?? below.edit(id)
  return {
    commit: below.commit,
    emptied: below.emptied,
    rev: () => layer.rev,
    nextRev: () => ++layer.rev,
    record,
    edit,
    put: ({ table, id }, state) => {
      layer.records.set(keyOf({ table, id }), { key: { table, id }, state: { state: 'held', ...state } })
    },
    settle: settled => {
      layer.edits.set(settled.edit, settled)
    },
    note: entry => {
      layer.ledger.push(entry)
    },
    baseOf: ({ base }) => (base.rev > 0 && below.commitOf(base.rev) === base.commit ? base.rev : 0),
    branch: () => {
      const tried: Layer = { rev: layer.rev, records: new Map(), edits: new Map(), ledger: [] }
      return {
        ...layered({ ...below, load: record, edit }, tried),
        notes: tried.ledger,
        keep: () => {
          layer.rev = tried.rev
          for (const [name, entry] of tried.records) layer.records.set(name, entry)
          for (const [id, settled] of tried.edits) layer.edits.set(id, settled)
          layer.ledger.push(...tried.ledger)
        },
      }
    },
  }
}

export const stateOf = (stored: StoredRecord | undefined): RecordState | undefined => {
  if (stored === undefined) return undefined
  if (stored.purged) return isErased(stored) ? { state: 'purged', erased: true } : { state: 'purged' }
  const confirmed = unpackEnvelope(stored.envelope)
  return { state: 'held', confirmed, content: readFlat(confirmed.bytes) }
}

const storedRecord = ({ table, id, rev, after, envelope }: Changed): StoredRecord => ({
  table,
  id,
  rev,
  deleted: after.deleted,
  purged: false,
  json: JSON.stringify(after.fields),
  envelope,
})

const changedRecord = (
  key: RecordKey,
  before: RecordState | undefined,
  { confirmed, content }: { confirmed: Confirmed; content: Content },
): Changed => ({
  ...key,
  rev: confirmed.rev,
  before: before?.state === 'held' ? before.content : undefined,
  after: content,
  envelope: packEnvelope(confirmed),
})
