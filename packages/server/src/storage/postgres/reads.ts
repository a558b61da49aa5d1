import { nowhere, type Position } from '@rejoin/profile'
import { type Compilable, sql } from 'kysely'
import type { QueryResultRow } from 'pg'
import type { Entry, RecordKey, StoredEdit, StoredRecord } from '../storage.ts'
import { keyOf } from '../storage.ts'
import type { Client } from './connection.ts'
import { toEdit, toEntry, toRecord } from './rows.ts'
import { build, type EditColumns, type EntryColumns, type RecordColumns } from './schema.ts'
import { fromText, toText } from './text.ts'

/** Runs a query under a name: each connection parses its text once. One name always has one text. */
export const run = async <R>(client: Client, name: string, query: Compilable<R>): Promise<R[]> => {
  const { sql: text, parameters } = query.compile()
  const { rows } = await client.query<R & QueryResultRow>({ name, text, values: [...parameters] })
  return rows
}

export const RECORD = ['tbl', 'id', 'rev', 'deleted', 'purged', 'fields', 'envelope'] as const
export const EDIT = [
  ...(['id', 'tbl', 'record', 'device', 'seq', 'author', 'kind', 'at', 'received', 'amends', 'grp'] as const),
  ...(['status', 'outcome', 'changes', 'command'] as const),
] as const

export const readHead = async (client: Client, env: number): Promise<Position> => {
  const query = build.selectFrom('environment').select(['rev', 'commit_id']).where('env', '=', env)
  return positionOf(await run(client, 'head', query))
}

export const positionOf = (rows: readonly { rev: number; commit_id: string }[]): Position => {
  const row = rows[0]
  if (row === undefined) throw new Error('the environment is gone from its database')
  return { rev: row.rev, commit: fromText(row.commit_id) }
}

export const readCommitOf = async (client: Client, env: number, rev: number): Promise<string | undefined> => {
  if (rev === nowhere.rev) return nowhere.commit
  const query = build
    .selectFrom('commit_log')
    .select(['first_rev', 'id'])
    .where('env', '=', env)
    .where('last_rev', '>=', rev)
    .orderBy('last_rev')
    .limit(1)
  const row = (await run(client, 'commit-of', query))[0]
  return row !== undefined && row.first_rev <= rev ? fromText(row.id) : undefined
}

/** In the order asked for; of those asked for twice, twice. */
export const readRecords = async (client: Client, env: number, keys: readonly RecordKey[]): Promise<StoredRecord[]> => {
  if (keys.length === 0) return []
  const tables = keys.map(({ table }) => toText(table))
  const ids = keys.map(({ id }) => toText(id))
  const query = sql<RecordColumns>`
    select r.tbl, r.id, r.rev, r.deleted, r.purged, r.fields, r.envelope
    from unnest(${tables}::text[], ${ids}::text[]) as k (tbl, id)
    join rejoin.record r on r.env = ${env} and r.tbl = k.tbl and r.id = k.id`
  const found = new Map((await run(client, 'records', compilable(query))).map(toRecord).map(row => [keyOf(row), row]))
  return keys.flatMap(key => found.get(keyOf(key)) ?? [])
}

export const readEdits = async (client: Client, env: number, ids: readonly string[]): Promise<StoredEdit[]> => {
  if (ids.length === 0) return []
  const query = sql<EditColumns>`
    select ${sql.raw(EDIT.map(column => `e.${column}`).join(', '))}
    from unnest(${ids.map(toText)}::text[]) as k (id) join rejoin.edit e on e.env = ${env} and e.id = k.id`
  const found = new Map((await run(client, 'edits', compilable(query))).map(toEdit).map(edit => [edit.edit, edit]))
  return ids.flatMap(id => found.get(id) ?? [])
}

export const readEntries = async (
  client: Client,
  env: number,
  keys: readonly { readonly kind: string; readonly id: string }[],
): Promise<Entry[]> => {
  if (keys.length === 0) return []
  const kinds = keys.map(({ kind }) => toText(kind))
  const ids = keys.map(({ id }) => toText(id))
  const query = sql<EntryColumns>`
    select e.kind, e.id, e.value from unnest(${kinds}::text[], ${ids}::text[]) as k (kind, id)
    join rejoin.entry e on e.env = ${env} and e.kind = k.kind and e.id = k.id`
  return (await run(client, 'entries-by-key', compilable(query))).map(toEntry)
}

export const compilable = <R>(query: {
  compile(db: typeof build): ReturnType<Compilable<R>['compile']>
}): Compilable<R> => ({
  compile: () => query.compile(build),
})
