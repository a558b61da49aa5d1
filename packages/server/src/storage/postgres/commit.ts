import { checkDecision } from '../decision.ts'
import { type Decision, entryKey, type Found, keyOf, type Wanted } from '../storage.ts'
import type { Client } from './connection.ts'
import { positionOf, readCommitOf, readEdits, readEntries, readRecords, run } from './reads.ts'
import { build } from './schema.ts'
import { write } from './writes.ts'

/** Where a transaction was when it failed: from `committing` on only the server knows what became of it. */
export interface Progress {
  phase: 'open' | 'committing'
  /** the server's id of the transaction */
  xid?: string
}

/**
 * One commit on a connection of its own: the environment's row is locked, so commits of all relays over this database
 * stand in one line; then everything asked for is read, decided and written. Three round trips.
 */
export const commitOnce = async <T>(
  client: Client,
  env: number,
  wanted: Wanted,
  decide: (found: Found) => Decision<T>,
  progress: Progress,
): Promise<T> => {
  const [, found] = await Promise.all([client.query('begin'), find(client, env, wanted, progress)])
  const decision = decide(found)
  checkDecision(found.head.rev, decision)
  await write(client, env, found.head.rev, decision)
  progress.phase = 'committing'
  await client.query('commit')
  return decision.result
}

/** Sent at once and run in order: each statement sees what was committed before the lock was had. */
const find = async (client: Client, env: number, wanted: Wanted, progress: Progress): Promise<Found> => {
  const locking = build
    .selectFrom('environment')
    .select(['rev', 'commit_id', ({ fn, cast }) => cast<string>(fn('pg_current_xact_id', []), 'text').as('xid')])
    .where('env', '=', env)
    .forUpdate()
  const [locked, records, edits, entries, ...commits] = await Promise.all([
    run(client, 'lock', locking),
    readRecords(client, env, wanted.records ?? []),
    readEdits(client, env, wanted.edits ?? []),
    readEntries(client, env, wanted.entries ?? []),
    ...(wanted.revs ?? []).map(async rev => [rev, await readCommitOf(client, env, rev)] as const),
  ])
  const xid = locked[0]?.xid
  if (xid !== undefined) progress.xid = xid
  return {
    head: positionOf(locked),
    records: new Map(records.map(record => [keyOf(record), record])),
    edits: new Map(edits.map(edit => [edit.edit, edit])),
    commits: new Map(commits.flatMap(([rev, commit]) => (commit === undefined ? [] : [[rev, commit] as const]))),
    entries: new Map(entries.map(entry => [entryKey(entry), entry])),
  }
}

/**
 * What became of a transaction whose commit was not answered. Its lock is waited for: the server may still be at it.
 */
export const wasCommitted = async (client: Client, env: number, xid: string): Promise<boolean> => {
  await client.query('begin')
  try {
    await client.query('select from rejoin.environment where env = $1 for update', [env])
    const { rows } = await client.query<{ status: string }>('select pg_xact_status($1::xid8) as status', [xid])
    return rows[0]?.status === 'committed'
  } finally {
    await client.query('rollback')
  }
}
