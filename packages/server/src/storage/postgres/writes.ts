import { type RawBuilder, sql } from 'kysely'
import { type Decision, entryKey } from '../storage.ts'
import type { Client } from './connection.ts'
import { compilable, EDIT, RECORD, run } from './reads.ts'
import { fromEdit, fromEntry, fromLedger, fromRecord } from './rows.ts'
import type { EntryColumns } from './schema.ts'
import { toText } from './text.ts'

/** Rows and bytes of one statement, so that no message grows beyond what driver and server take. */
const MOST_ROWS = 1_000
const MOST_BYTES = 8 * 1024 * 1024

/** All that a decision says, as a few statements over arrays that travel at once. */
export const write = async (
  client: Client,
  env: number,
  oldRev: number,
  decision: Decision<unknown>,
): Promise<void> => {
  // all of it before the first is sent: what cannot be written throws here
  const statements = [...statementsOf(env, oldRev, decision)]
  await Promise.all(
    statements.map(async ({ name, query, check }) => {
      const rows = await run(client, name, compilable(query))
      check?.(rows)
    }),
  )
}

interface Statement {
  readonly name: string
  readonly query: RawBuilder<{ id: string }>
  readonly check?: (rows: readonly { id: string }[]) => void
}

function* statementsOf(env: number, oldRev: number, decision: Decision<unknown>): Iterable<Statement> {
  const { head, records = [], edits = [], erased = [], ledger = [], entries = [], removedEntries = [] } = decision
  if (head !== undefined) {
    const query = sql<{ id: string }>`
      with logged as (
        insert into rejoin.commit_log (env, last_rev, first_rev, id)
        values (${env}, ${head.rev}, ${oldRev + 1}, ${toText(head.commit)})
      )
      update rejoin.environment set rev = ${head.rev}, commit_id = ${toText(head.commit)} where env = ${env}`
    yield { name: 'log', query }
  }
  for (const rows of chunks(
    records.map(fromRecord),
    ({ envelope, fields }) => envelope.length * 2 + fields.length * 2,
  )) {
    const query = sql<{ id: string }>`
      insert into rejoin.record (env, ${names(WRITTEN)})
      select ${env}, r.* from ${unnest(rows, recordTypes)} as r
      on conflict (env, tbl, id) do update set rev = excluded.rev, deleted = excluded.deleted,
        purged = excluded.purged, fields = excluded.fields, folded = excluded.folded, envelope = excluded.envelope`
    yield { name: 'write-records', query }
  }
  for (const rows of chunks(last(edits.map(fromEdit), 'id'), ({ changes }) => changes.length)) {
    // only a held edit may be answered anew: a final outcome stays what its device was told
    const query = sql<{ id: string }>`
      insert into rejoin.edit (env, ${names(EDIT)})
      select ${env}, r.* from ${unnest(rows, editTypes)} as r
      on conflict (env, id) do update set received = excluded.received, status = excluded.status,
        outcome = excluded.outcome where edit.status = 'held'
      returning edit.id`
    yield { name: 'write-edits', query, check: wrote(rows, 'has its final outcome already') }
  }
  for (const rows of chunks(last(erased.map(fromEdit), 'id'), ({ changes }) => changes.length)) {
    const query = sql<{ id: string }>`
      update rejoin.edit e set changes = r.changes, outcome = r.outcome, command = r.command
      from ${unnest<keyof typeof erasedTypes>(rows, erasedTypes)} as r (id, status, outcome, changes, command)
      where e.env = ${env} and e.id = r.id and e.status = r.status
      returning e.id`
    yield { name: 'erase-edits', query, check: wrote(rows, 'was not decided so') }
  }
  for (const rows of chunks(last(ledger.map(fromLedger), 'edit'), ({ entry }) => entry.length)) {
    const query = sql<{ id: string }>`
      insert into rejoin.ledger (env, edit, tbl, record, rev, entry)
      select ${env}, r.* from ${unnest(rows, ledgerTypes)} as r
      on conflict (env, edit) do update set tbl = excluded.tbl, record = excluded.record, rev = excluded.rev,
        entry = excluded.entry`
    yield { name: 'write-ledger', query }
  }
  if (removedEntries.length > 0) {
    const keys = removedEntries.map(({ kind, id }) => ({ kind: toText(kind), id: toText(id) }))
    const query = sql<{ id: string }>`
      delete from rejoin.entry e using ${unnest(keys, keyTypes)} as r (kind, id)
      where e.env = ${env} and e.kind = r.kind and e.id = r.id`
    yield { name: 'remove-entries', query }
  }
  const named = last(
    entries.map(entry => ({ ...fromEntry(entry), key: entryKey(entry) })),
    'key',
  )
  for (const rows of chunks<EntryColumns>(named, ({ value }) => value.length)) {
    const query = sql<{ id: string }>`
      insert into rejoin.entry (env, kind, id, value)
      select ${env}, r.* from ${unnest(rows, entryTypes)} as r
      on conflict (env, kind, id) do update set value = excluded.value`
    yield { name: 'write-entries', query }
  }
}

const WRITTEN = [...RECORD, 'folded'] as const
const wrote =
  (rows: readonly { readonly id: string }[], otherwise: string) =>
  (written: readonly { id: string }[]): void => {
    const ids = new Set(written.map(({ id }) => id))
    const missed = rows.find(({ id }) => !ids.has(id))
    if (missed !== undefined) throw new Error(`decision of a commit: edit ${missed.id} ${otherwise}`)
  }

const recordTypes = {
  ...{ tbl: 'text', id: 'text', rev: 'bigint', deleted: 'boolean', purged: 'boolean' },
  ...{ fields: 'jsonb', envelope: 'bytea', folded: 'jsonb' },
}
const editTypes = {
  ...{ id: 'text', tbl: 'text', record: 'text', device: 'text', seq: 'bigint', author: 'text', kind: 'text' },
  ...{
    at: 'float8',
    received: 'float8',
    amends: 'text',
    grp: 'text',
    status: 'text',
    outcome: 'json',
    changes: 'json',
    command: 'json',
  },
}
const erasedTypes = { id: 'text', status: 'text', outcome: 'json', changes: 'json', command: 'json' }
const ledgerTypes = { edit: 'text', tbl: 'text', record: 'text', rev: 'bigint', entry: 'json' }
const keyTypes = { kind: 'text', id: 'text' }
const entryTypes = { kind: 'text', id: 'text', value: 'json' }

const names = (columns: readonly string[]) => sql.raw(columns.join(', '))

/** Rows as one array per column, in the order of `types`. */
const unnest = <K extends string>(
  rows: readonly Readonly<Record<K, unknown>>[],
  types: Readonly<Record<K, string>>,
) => {
  const columns = Object.entries(types) as [K, string][]
  const arrays = columns.map(([column, type]) => sql`${rows.map(row => row[column])}::${sql.raw(type)}[]`)
  return sql`unnest(${sql.join(arrays)})`
}

const chunks = <R>(rows: readonly R[], weigh: (row: R) => number): R[][] => {
  const cut: R[][] = []
  let bytes = Infinity
  for (const row of rows) {
    bytes += weigh(row)
    if (bytes > MOST_BYTES || cut.at(-1)!.length === MOST_ROWS) {
      cut.push([])
      bytes = weigh(row)
    }
    cut.at(-1)!.push(row)
  }
  return cut
}

/** One statement may not write a row twice: of several the last counts. */
const last = <K extends string, R extends { readonly [key in K]: string }>(rows: readonly R[], key: K): R[] => [
  ...new Map(rows.map(row => [row[key], row])).values(),
]
