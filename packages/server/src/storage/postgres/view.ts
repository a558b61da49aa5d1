import { type Position, postgres, render, type SqlValue } from '@rejoin/profile'
import { sql } from 'kysely'
import type { SelectedValue, StoredIndex, View } from '../storage.ts'
import type { Client } from './connection.ts'
import { EDIT, readCommitOf, readEdits, readEntries, readRecords, RECORD, run } from './reads.ts'
import { toEdit, toEntry, toIndex, toLedger, toRecord } from './rows.ts'
import { build } from './schema.ts'
import { fromText, toText } from './text.ts'

/** `read` runs on the connection that holds the snapshot, and rejects once that has ended. */
export type Reader = <T>(read: (client: Client) => Promise<T>) => Promise<T>

export const postgresView = (head: Position, env: number, reader: Reader): View => {
  const rowsOf = (table: string) => build.selectFrom('record').where('env', '=', env).where('tbl', '=', toText(table))
  const pageOf = (table: string, after: string, limit: number) =>
    rowsOf(table).where('id', '>', toText(after)).orderBy('id').limit(bounded(limit))
  const dialect = postgres({ schema: 'rejoin', env })
  return {
    head,
    commitOf: rev => reader(client => readCommitOf(client, env, rev)),
    records: keys => reader(client => readRecords(client, env, keys)),
    page: (table, after, limit) =>
      reader(async client => (await run(client, 'page', pageOf(table, after, limit).select(RECORD))).map(toRecord)),
    index: (table, after, limit) =>
      reader(async (client): Promise<StoredIndex[]> => {
        const query = pageOf(table, after, limit).select(['id', 'rev', 'deleted', 'purged', 'fields'])
        return (await run(client, 'index', query)).map(toIndex)
      }),
    since: (table, rev, limit) =>
      reader(async client => {
        const query = rowsOf(table).where('rev', '>', rev).orderBy('rev').limit(bounded(limit))
        return (await run(client, 'since', query.select(RECORD))).map(toRecord)
      }),
    counts: () =>
      reader(async client => {
        const live = build.selectFrom('record').where('env', '=', env).where('deleted', '=', false).groupBy('tbl')
        const rows = await run(client, 'counts', live.select(['tbl', ({ fn }) => fn.countAll<number>().as('live')]))
        return new Map(rows.map(row => [fromText(row.tbl), row.live]))
      }),
    select: <R extends readonly SelectedValue[]>(statement: Parameters<View['select']>[0]) =>
      reader(async client => {
        const { text, values } = render(statement(dialect), dialect.placeholders)
        // without a name: planned each time, for the person it is about
        const { rows } = await client.query({ text, values: values.map(asParameter), rowMode: 'array' })
        return (rows as SelectedValue[][]).map(row => row.map(asSelected)) as unknown as R[]
      }),
    edits: ids => reader(client => readEdits(client, env, ids)),
    editsOf: ({ table, id }, after, limit) =>
      reader(async client => {
        const query = build
          .selectFrom('edit')
          .where('env', '=', env)
          .where('tbl', '=', toText(table))
          .where('record', '=', toText(id))
          .where('id', '>', toText(after))
          .orderBy('id')
          .limit(bounded(limit))
        return (await run(client, 'edits-of', query.select(EDIT))).map(toEdit)
      }),
    refused: limit =>
      reader(async client => {
        const query = build
          .selectFrom('edit')
          .where('env', '=', env)
          // in the words of its index
          .where(sql<boolean>`status in ('rejected', 'held')`)
          .orderBy('received', 'desc')
          .orderBy('id', 'desc')
          .limit(bounded(limit))
        return (await run(client, 'refused', query.select(EDIT))).map(toEdit)
      }),
    ledger: ({ table, record, limit }) =>
      reader(async client => {
        let query = build.selectFrom('ledger').select('entry').where('env', '=', env)
        if (table !== undefined) query = query.where('tbl', '=', toText(table))
        if (record !== undefined) query = query.where('record', '=', toText(record))
        query = query.orderBy('rev', 'desc').orderBy('edit', 'desc').limit(bounded(limit))
        const name = `ledger${table === undefined ? '' : ' of table'}${record === undefined ? '' : ' of record'}`
        return (await run(client, name, query)).map(toLedger)
      }),
    entry: (kind, id) => reader(async client => (await readEntries(client, env, [{ kind, id }]))[0]),
    entries: kind =>
      reader(async client => {
        const query = build.selectFrom('entry').where('env', '=', env).where('kind', '=', toText(kind)).orderBy('id')
        return (await run(client, 'entries', query.select(['kind', 'id', 'value']))).map(toEntry)
      }),
  }
}

const bounded = (limit: number): number => {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`limit ${limit}`)
  return limit
}

const asParameter = (value: SqlValue): unknown => {
  if (typeof value === 'string') return toText(value)
  return Array.isArray(value) ? value.map((each: string) => toText(each)) : value
}

const asSelected = (value: SelectedValue): SelectedValue => (typeof value === 'string' ? fromText(value) : value)
