import { type Decision, keyOf } from './storage.ts'

/**
 * What every adapter checks before it writes: the history stays one line of revisions, each given out once and owned by
 * one commit. `since` pages by revision, so two records of one commit never share one. A violation is a bug of `decide`.
 */
export const checkDecision = (oldRev: number, decision: Decision<unknown>): void => {
  const { head, records = [] } = decision
  if (head !== undefined) {
    if (!Number.isSafeInteger(head.rev) || head.rev <= oldRev) bug(`new head ${head.rev} is not above ${oldRev}`)
    if (head.commit === '') bug(`head ${head.rev} has no commit id`)
  }
  const top = head?.rev ?? oldRev
  const keys = new Set<string>()
  const revs = new Set<number>()
  for (const record of records) {
    const key = keyOf(record)
    if (!Number.isSafeInteger(record.rev) || record.rev <= oldRev || record.rev > top)
      bug(`${key} has revision ${record.rev} outside (${oldRev}, ${top}]`)
    if (keys.size === keys.add(key).size) bug(`${key} is written twice`)
    if (revs.size === revs.add(record.rev).size) bug(`${key} shares revision ${record.rev} with another record`)
    if (record.purged && (!record.deleted || record.envelope.length > 0))
      bug(`${key} is purged, but not a bare tombstone`)
  }
}

const bug = (message: string): never => {
  throw new Error(`decision of a commit: ${message}`)
}
