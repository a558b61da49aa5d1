import { type Position, render, sqlite } from '@rejoin/profile'
import type { SelectedValue, View } from '../storage.ts'
import { readCommitOf, readEdits, readRecords } from './read.ts'
import { toEdit, toEntry, toIndex, toLedger, toRecord } from './rows.ts'
import type { Reads } from './statements.ts'

/** `read` runs against whatever connection holds the snapshot's state at that moment. */
export type Reader = <T>(read: (reads: Reads) => T) => T

export const sqliteView = (head: Position, reader: Reader): View => {
  // a failure is a rejection, never a throw at the call
  const run = async <T>(read: (reads: Reads) => T): Promise<T> => reader(read)
  return {
    head,
    commitOf: rev => run(reads => readCommitOf(reads, rev)),
    records: keys => run(reads => readRecords(reads, keys)),
    page: (table, after, limit) => run(reads => reads.page.all(table, after, bounded(limit)).map(toRecord)),
    index: (table, after, limit) => run(reads => reads.index.all(table, after, bounded(limit)).map(toIndex)),
    since: (table, rev, limit) => run(reads => reads.since.all(table, rev, bounded(limit)).map(toRecord)),
    counts: () => run(reads => new Map(reads.counts.all())),
    select: <R extends readonly SelectedValue[]>(statement: Parameters<View['select']>[0]) =>
      run(reads => {
        const { text, values } = render(statement(sqlite), sqlite.placeholders)
        return reads.select(text).all(...values) as unknown as R[]
      }),
    edits: ids => run(reads => readEdits(reads, ids)),
    editsOf: ({ table, id }, after, limit) =>
      run(reads => reads.editsOf.all(table, id, after, bounded(limit)).map(toEdit)),
    refused: limit => run(reads => reads.refused.all(bounded(limit)).map(toEdit)),
    ledger: filter => run(reads => ledgerRows(reads, filter).map(toLedger)),
    entry: (kind, id) =>
      run(reads => {
        const row = reads.entry.get(kind, id)
        return row === undefined ? undefined : toEntry(row)
      }),
    entries: kind => run(reads => reads.entries.all(kind).map(toEntry)),
  }
}

const ledgerRows = (reads: Reads, { table, record, limit }: Parameters<View['ledger']>[0]): [json: string][] => {
  const most = bounded(limit)
  if (table === undefined) return record === undefined ? reads.ledger.all(most) : reads.ledgerOfId.all(record, most)
  return record === undefined ? reads.ledgerOfTable.all(table, most) : reads.ledgerOfRecord.all(table, record, most)
}

/** SQLite takes a negative limit for none. */
const bounded = (limit: number): number => {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`limit ${limit}`)
  return limit
}
