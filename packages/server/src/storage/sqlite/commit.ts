import { checkDecision } from '../decision.ts'
import { type Decision, entryKey, type Found, keyOf, type Wanted } from '../storage.ts'
import type { Writer } from './connection.ts'
import { readCommitOf, readEdits, readHead, readRecords } from './read.ts'
import { fromEdit, fromEntry, fromRecord, toEntry } from './rows.ts'
import type { Reads, Writes } from './statements.ts'

/** The writer's transaction, start to end without an await: nothing of this process comes between. */
export const commitOnce = <T>(
  { db, reads, writes }: Writer,
  wanted: Wanted,
  decide: (found: Found) => Decision<T>,
): T => {
  writes.begin.run()
  try {
    const found = find(reads, wanted)
    const decision = decide(found)
    checkDecision(found.head.rev, decision)
    write(writes, found.head.rev, decision)
    writes.commit.run()
    return decision.result
  } catch (error) {
    // a full disk may have rolled back already
    if (db.inTransaction) writes.rollback.run()
    throw error
  }
}

const find = (reads: Reads, wanted: Wanted): Found => ({
  head: readHead(reads),
  records: new Map(readRecords(reads, wanted.records ?? []).map(record => [keyOf(record), record])),
  edits: new Map(readEdits(reads, wanted.edits ?? []).map(edit => [edit.edit, edit])),
  commits: new Map(
    (wanted.revs ?? []).flatMap(rev => {
      const commit = readCommitOf(reads, rev)
      return commit === undefined ? [] : [[rev, commit] as const]
    }),
  ),
  entries: new Map(
    (wanted.entries ?? []).flatMap(({ kind, id }) => {
      const row = reads.entry.get(kind, id)
      return row === undefined ? [] : [[entryKey({ kind, id }), toEntry(row)] as const]
    }),
  ),
})

const write = (writes: Writes, oldRev: number, decision: Decision<unknown>): void => {
  const { head, records = [], edits = [], erased = [], ledger = [], entries = [], removedEntries = [] } = decision
  if (head !== undefined) writes.log.run(head.rev, oldRev + 1, head.commit)
  for (const record of records) writes.record.run(...fromRecord(record))
  for (const edit of edits) {
    if (writes.edit.run(...fromEdit(edit)).changes === 0)
      throw new Error(`decision of a commit: edit ${edit.edit} has its final outcome already`)
  }
  for (const { edit, changes, outcome, command } of erased) {
    const left = [JSON.stringify(changes), JSON.stringify(outcome), command ? JSON.stringify(command) : null] as const
    const written = writes.eraseEdit.run(...left, edit, outcome.status)
    if (written.changes === 0) throw new Error(`decision of a commit: edit ${edit} was not decided so`)
  }
  for (const entry of ledger) writes.ledger.run(entry.edit, entry.table, entry.record, entry.rev, JSON.stringify(entry))
  for (const { kind, id } of removedEntries) writes.removeEntry.run(kind, id)
  for (const entry of entries) writes.entry.run(...fromEntry(entry))
}
