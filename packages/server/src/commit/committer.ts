import type { Commands, Person, Position, Rights } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import { rightsIn } from '../environment/rights.ts'
import { emptiedKey } from '../erasure/emptied.ts'
import type { CodeRule } from '../rules/code-rule.ts'
import { keyOf, type RecordKey, type Storage, type StoredRecord, type Wanted } from '../storage/storage.ts'
import { rejected } from './admission.ts'
import { type Circumstances, turnKeys, voidKey } from './answering.ts'
import { decide } from './decide.ts'
import { named } from './naming.ts'
import type { Changed, Judged, Submission } from './submission.ts'
import { createWorkspace, stateOf, type Workspace } from './workspace.ts'

/**
 * Group commit: submissions of many sessions in one storage transaction, at once when idle. While one transaction
 * runs the next gathers. What was committed is published in commit order before anybody is answered.
 */
export interface Committer {
  /** resolves when the outcomes are durable; rejects when storage failed and nothing was changed */
  submit(submissions: readonly Submission[], origin?: object): Promise<readonly Judged[]>
  /** resolves when nothing is under way */
  idle(): Promise<void>
}

export interface Committed {
  readonly head: Position
  /** the revision it began after */
  readonly from: number
  readonly changed: readonly Changed[]
  /** by who submitted; a session finds its own answers under itself */
  readonly answers: ReadonlyMap<object, readonly Judged[]>
  /** the standing row of every record an answer is about */
  readonly standing: ReadonlyMap<string, Changed>
}

export interface CommitterParts {
  readonly storage: Storage
  readonly environment: () => Environment
  readonly commands: Commands
  readonly rules: readonly CodeRule[]
  /** a client id of this process alone */
  readonly authority: number
  readonly now: () => number
  /** 16 hex digits, random */
  readonly newCommit: () => string
  readonly publish: (committed: Committed) => Promise<void> | undefined
  /** hears of bugs: what could not be decided or told */
  readonly log: (error: unknown) => void
}

interface Waiting {
  readonly submissions: readonly Submission[]
  readonly origin: object
  readonly resolve: (judged: readonly Judged[]) => void
  readonly reject: (error: unknown) => void
}

/** Submissions in one transaction at most, so that a flood does not hold the lock for long. */
const MAX_BATCH = 1_000

export const createCommitter = (parts: CommitterParts): Committer => {
  const queue: Waiting[] = []
  let running: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = [queue.shift()!]
      let size = batch[0]!.submissions.length
      while (queue.length > 0 && size + queue[0]!.submissions.length <= MAX_BATCH) {
        size += queue[0]!.submissions.length
        batch.push(queue.shift()!)
      }
      try {
        const { committed, judged } = await commitBatch(parts, batch)
        await tell(parts, committed)
        batch.forEach(({ resolve }, index) => resolve(judged[index]!))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running = undefined
  }

  return {
    submit: (submissions, origin = {}) =>
      new Promise((resolve, reject) => {
        queue.push({ submissions, origin, resolve, reject })
        running ??= drain()
      }),
    idle: async () => {
      await running
    },
  }
}

/** Committed is committed: whatever goes wrong in telling it does not make it undone. */
const tell = async ({ publish, log }: CommitterParts, committed: Committed): Promise<void> => {
  try {
    await publish(committed)
  } catch (error) {
    log(error)
  }
}

const commitBatch = async (
  parts: CommitterParts,
  batch: readonly Waiting[],
): Promise<{ readonly committed: Committed; readonly judged: readonly (readonly Judged[])[] }> => {
  const environment = parts.environment()
  const rights = (person: Person): Rights => rightsIn(environment, person)
  const submissions = batch.flatMap(each => each.submissions)
  const amended = await amendedBy(parts.storage, submissions)
  const { judged: decided, ...committed } = await parts.storage.commit(wantedBy(submissions, amended), found => {
    const work = createWorkspace(found, parts.newCommit())
    const { commands, rules, authority, log } = parts
    const circumstances = { environment, rights, commands, rules, authority, now: parts.now(), log }
    const judged = batch.map(({ submissions }) =>
      submissions.flatMap(submission => decideAlone(work, submission, circumstances, parts.log)),
    )
    const settled = work.settled()
    const standing = standingRows(judged.flat(), settled.changed, found.records)
    return {
      result: { head: settled.head, from: found.head.rev, changed: settled.changed, standing, judged },
      ...(settled.head.rev > found.head.rev ? { head: settled.head } : {}),
      records: settled.records,
      edits: settled.edits,
      ledger: settled.ledger,
    }
  })
  const judged = await namedOrNot(parts, environment, decided)
  const answers = new Map<object, Judged[]>()
  batch.forEach(({ origin }, index) => answers.set(origin, [...(answers.get(origin) ?? []), ...judged[index]!]))
  return { committed: { ...committed, answers }, judged }
}

/** What is committed is told, with names or without. */
const namedOrNot = async (
  { storage, log }: CommitterParts,
  environment: Environment,
  judged: readonly (readonly Judged[])[],
): Promise<readonly (readonly Judged[])[]> => {
  try {
    return await named(storage, environment, judged)
  } catch (error) {
    log(error)
    return judged
  }
}

/** Others share the transaction: what cannot be decided is refused alone and leaves nothing behind. */
const decideAlone = (
  work: Workspace,
  submission: Submission,
  circumstances: Circumstances,
  log: (error: unknown) => void,
): Judged[] => {
  const trial = work.branch()
  try {
    const judged = decide(trial, submission, circumstances)
    trial.keep()
    return judged
  } catch (error) {
    log(error)
    const { answer } = rejected('other', 'the relay could not decide this')
    return namesIn(submission).map(name => ({ ...name, answer, suspicious: true }))
  }
}

const namesIn = (submission: Submission): Omit<Judged, 'answer'>[] => {
  switch (submission.from) {
    case 'device':
      return submission.edits.map(({ id, table, record }) => ({ edit: id, table, record }))
    case 'online':
      return [{ edit: submission.id, table: submission.table, record: submission.record }]
    case 'withdraw':
      return [{ edit: submission.edit, table: '', record: '' }]
  }
}

/** What edits amend that are withdrawn or amended here, and what that amends in turn: it never changes, and is known before the commit. */
const amendedBy = async (storage: Storage, submissions: readonly Submission[]): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>()
  let next = submissions.flatMap(submission =>
    submission.from === 'withdraw'
      ? [submission.edit]
      : submission.from === 'device'
        ? submission.edits.flatMap(({ amends }) => amends ?? [])
        : [],
  )
  while (next.length > 0) {
    const asked = next
    const stored = await storage.snapshot(view => view.edits(asked))
    const found = stored.flatMap(({ author, amends }) => (amends === undefined ? [] : [{ author, amends }]))
    next = found.map(({ amends }) => amends).filter(id => !ids.has(id))
    for (const { author, amends } of found) for (const id of [amends, ...turnKeys(author, amends)]) ids.add(id)
  }
  return ids
}

const wantedBy = (submissions: readonly Submission[], amended: ReadonlySet<string>): Wanted => {
  const records = new Map<string, RecordKey>()
  const edits = new Set(amended)
  const revs = new Set<number>()
  for (const submission of submissions) {
    if (submission.from === 'online') {
      records.set(keyOf({ table: submission.table, id: submission.record }), {
        table: submission.table,
        id: submission.record,
      })
      edits.add(submission.id)
    } else if (submission.from === 'withdraw') {
      edits.add(submission.edit).add(voidKey(submission.author.person.id, submission.edit))
    } else {
      for (const { id, table, record, after, amends, base } of submission.edits) {
        records.set(keyOf({ table, id: record }), { table, id: record })
        for (const edit of [id, after, amends]) {
          if (edit !== undefined) edits.add(edit).add(voidKey(submission.author.person.id, edit))
        }
        for (const key of amends === undefined ? [] : turnKeys(submission.author.person.id, amends)) edits.add(key)
        if (base.rev > 0) revs.add(base.rev)
      }
    }
  }
  const keys = [...records.values()]
  return { records: keys, edits: [...edits], revs: [...revs], entries: keys.map(emptiedKey) }
}

const standingRows = (
  judged: readonly Judged[],
  changed: readonly Changed[],
  found: ReadonlyMap<string, StoredRecord>,
): Map<string, Changed> => {
  const rows = new Map(changed.map(row => [keyOf(row), row]))
  for (const { table, record } of judged) {
    const name = keyOf({ table, id: record })
    const stored = found.get(name)
    const state = rows.has(name) ? undefined : stateOf(stored)
    if (state?.state !== 'held') continue
    const { rev, envelope } = stored!
    rows.set(name, { table, id: record, rev, before: state.content, after: state.content, envelope })
  }
  return rows
}
