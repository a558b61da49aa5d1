import type { LedgerEntry, Outcome } from '@rejoin/profile'
import type { Decision, Storage, StoredEdit, StoredRecord } from './storage.ts'

/** One storage under test. */
export interface Opened {
  readonly storage: Storage
  /** closes it and opens the same environment again */
  reopen(): Promise<Storage>
  dispose(): Promise<void>
}

export interface Subject {
  /** an empty environment */
  open(): Promise<Opened>
  /** false where `reopen` finds nothing again */
  readonly durable: boolean
}

/** Values for the suites of this folder: only what a test says differs from one to the next. */
export const record = (table: string, id: string, rev: number, more: Partial<StoredRecord> = {}): StoredRecord => ({
  table,
  id,
  rev,
  deleted: false,
  purged: false,
  // spelled as PostgreSQL gives it back
  json: `{"id": ${JSON.stringify(id)}, "rev": ${rev}, "name": "Größe 漢字 😀"}`,
  envelope: Uint8Array.of(rev & 255, 0, 255, 128),
  ...more,
})

export const tombstone = (table: string, id: string, rev: number): StoredRecord =>
  record(table, id, rev, { deleted: true, purged: true, json: '{}', envelope: new Uint8Array() })

export const edit = (id: string, outcome: Outcome, more: Partial<StoredEdit> = {}): StoredEdit => ({
  edit: id,
  table: 'order',
  id: 'r1',
  device: 'd1',
  seq: 1,
  author: 'u1',
  kind: 'update',
  at: 1_763_000_000_000.5,
  received: 1_763_000_000_001,
  changes: { status: ['open', 'done'], note: [null, 'x'] },
  outcome,
  ...more,
})

export const conflict = (id: string, rev: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  edit: id,
  table: 'order',
  record: 'r1',
  rev,
  at: 1,
  strategy: 'clientWins',
  status: 'applied',
  kind: 'update',
  author: 'u1',
  device: 'd1',
  base: 0,
  against: ['e0'],
  changes: { status: ['open', 'done'] },
  mine: { fields: { status: 'done' }, deleted: false },
  theirs: { fields: { status: 'open' }, deleted: false },
  result: { fields: { status: 'done' }, deleted: false },
  ...more,
})

/** The commit id this suite gives to a commit that ends at `rev`. */
export const commitId = (rev: number): string => rev.toString(16).padStart(16, 'c')

/** Commits records made for the revisions after the present head. */
export const put = (storage: Storage, ...make: readonly ((rev: number) => StoredRecord)[]): Promise<number> =>
  storage.commit({}, found => {
    const rev = found.head.rev + make.length
    const records = make.map((one, index) => one(found.head.rev + 1 + index))
    return { result: rev, records, head: { rev, commit: commitId(rev) } }
  })

export const write = (storage: Storage, decision: Omit<Decision<void>, 'result'>): Promise<void> =>
  storage.commit({}, () => ({ result: undefined, ...decision }))
