import type { SqlValue } from '@rejoin/profile'
import type { Database, Statement } from 'better-sqlite3'
import type { SelectedValue } from '../storage.ts'
import type { EditRow, EntryRow, IndexRow, RecordRow } from './rows.ts'

/** All SQL that reads. Our tables' names are values here, never identifiers. Text compares by code point. */
export interface Reads {
  readonly begin: Statement<[]>
  readonly rollback: Statement<[]>
  readonly head: Statement<[], [rev: number, commit: string]>
  readonly environment: Statement<[], [id: string]>
  readonly commitOf: Statement<[rev: number], [first: number, commit: string]>
  readonly record: Statement<[table: string, id: string], RecordRow>
  readonly page: Statement<[table: string, after: string, limit: number], RecordRow>
  readonly index: Statement<[table: string, after: string, limit: number], IndexRow>
  readonly since: Statement<[table: string, rev: number, limit: number], RecordRow>
  readonly counts: Statement<[], [table: string, live: number]>
  readonly edit: Statement<[id: string], EditRow>
  readonly editsOf: Statement<[table: string, id: string, after: string, limit: number], EditRow>
  readonly refused: Statement<[limit: number], EditRow>
  readonly ledger: Statement<[limit: number], [json: string]>
  readonly ledgerOfTable: Statement<[table: string, limit: number], [json: string]>
  readonly ledgerOfId: Statement<[record: string, limit: number], [json: string]>
  readonly ledgerOfRecord: Statement<[table: string, record: string, limit: number], [json: string]>
  readonly entry: Statement<[kind: string, id: string], EntryRow>
  readonly entries: Statement<[kind: string], EntryRow>
  /** a statement of a scope or a filter, by its text */
  readonly select: (text: string) => Statement<SqlValue[], SelectedValue[]>
}

export interface Writes {
  readonly begin: Statement<[]>
  readonly commit: Statement<[]>
  readonly rollback: Statement<[]>
  readonly log: Statement<[last: number, first: number, commit: string]>
  readonly record: Statement<RecordRow>
  readonly edit: Statement<EditRow>
  readonly eraseEdit: Statement<[changes: string, outcome: string, command: string | null, id: string, status: string]>
  readonly ledger: Statement<[edit: string, table: string, record: string, rev: number, json: string]>
  readonly entry: Statement<EntryRow>
  readonly removeEntry: Statement<[kind: string, id: string]>
}

const RECORD = 'tbl, id, rev, deleted, purged, json, envelope'
const EDIT = 'id, tbl, record, device, seq, author, kind, at, received, amends, grp, status, outcome, changes, command'
const NEWEST = 'order by rev desc, edit desc limit ?'

export const prepareReads = (db: Database): Reads => {
  const rows = <P extends unknown[], R>(sql: string): Statement<P, R> => db.prepare<P, R>(sql).raw()
  return {
    begin: db.prepare('begin'),
    rollback: db.prepare('rollback'),
    head: rows('select last_rev, id from commit_log order by last_rev desc limit 1'),
    environment: rows("select value from meta where name = 'environment'"),
    commitOf: rows('select first_rev, id from commit_log where last_rev >= ? order by last_rev limit 1'),
    record: rows(`select ${RECORD} from record where tbl = ? and id = ?`),
    page: rows(`select ${RECORD} from record where tbl = ? and id > ? order by id limit ?`),
    index: rows('select id, rev, deleted, purged, json from record where tbl = ? and id > ? order by id limit ?'),
    since: rows(`select ${RECORD} from record where tbl = ? and rev > ? order by rev limit ?`),
    counts: rows('select tbl, count(*) from record indexed by record_rev where deleted = 0 group by tbl'),
    edit: rows(`select ${EDIT} from edit where id = ?`),
    editsOf: rows(`select ${EDIT} from edit where tbl = ? and record = ? and id > ? order by id limit ?`),
    refused: rows(
      `select ${EDIT} from edit where status in ('rejected', 'held') order by received desc, id desc limit ?`,
    ),
    ledger: rows(`select json from ledger ${NEWEST}`),
    ledgerOfTable: rows(`select json from ledger where tbl = ? ${NEWEST}`),
    ledgerOfId: rows(`select json from ledger where record = ? ${NEWEST}`),
    ledgerOfRecord: rows(`select json from ledger where tbl = ? and record = ? ${NEWEST}`),
    entry: rows('select kind, id, json from entry where kind = ? and id = ?'),
    entries: rows('select kind, id, json from entry where kind = ? order by id'),
    select: remembered(text => rows(text)),
  }
}

/** Profiles are few, and the text of a scope does not depend on whose it is. */
const MOST_STATEMENTS = 256

const remembered = <S>(prepare: (text: string) => S): ((text: string) => S) => {
  const known = new Map<string, S>()
  return text => {
    const statement = known.get(text) ?? prepare(text)
    known.delete(text)
    known.set(text, statement)
    for (const oldest of known.keys()) {
      if (known.size <= MOST_STATEMENTS) break
      known.delete(oldest)
    }
    return statement
  }
}

export const prepareWrites = (db: Database): Writes => ({
  begin: db.prepare('begin immediate'),
  commit: db.prepare('commit'),
  rollback: db.prepare('rollback'),
  log: db.prepare('insert into commit_log (last_rev, first_rev, id) values (?, ?, ?)'),
  record: db.prepare(
    `insert into record (${RECORD}) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (tbl, id) do update set rev = excluded.rev, deleted = excluded.deleted, purged = excluded.purged,
       json = excluded.json, envelope = excluded.envelope`,
  ),
  // only a held edit may be answered anew: a final outcome stays what its device was told
  edit: db.prepare(
    `insert into edit (${EDIT}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (id) do update set received = excluded.received, status = excluded.status, outcome = excluded.outcome
       where edit.status = 'held'`,
  ),
  eraseEdit: db.prepare('update edit set changes = ?, outcome = ?, command = ? where id = ? and status = ?'),
  ledger: db.prepare(
    `insert into ledger (edit, tbl, record, rev, json) values (?, ?, ?, ?, ?)
     on conflict (edit) do update set tbl = excluded.tbl, record = excluded.record, rev = excluded.rev, json = excluded.json`,
  ),
  entry: db.prepare(
    'insert into entry (kind, id, json) values (?, ?, ?) on conflict (kind, id) do update set json = excluded.json',
  ),
  removeEntry: db.prepare('delete from entry where kind = ? and id = ?'),
})
