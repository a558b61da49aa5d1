import {
  type Answer,
  DELETED,
  type Edit,
  guidOf,
  mergeEdit,
  nowhere,
  type Outcome,
  type Person,
  recordWrites,
  type Rights,
  settle,
  type Value,
  verdictOn,
} from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import type { StoredEdit } from '../storage/storage.ts'
import { allowedImage, MAX_RECORD_BYTES, refuse, refuseRight, rejected } from './admission.ts'
import type {
  Author,
  DeviceSubmission,
  Judged,
  OnlineSubmission,
  Submission,
  WithdrawSubmission,
} from './submission.ts'
import type { Workspace } from './workspace.ts'

/**
 * What becomes of submissions, one after the other, in one commit. Pure: records and edits come from the workspace,
 * time and authority are handed in. The order at the gate (DESIGN.md, section 5): a known id is answered as before;
 * `after` refused, held or withdrawn holds; `after` unknown waits; only then bytes and rights.
 */
export interface Circumstances {
  readonly environment: Environment
  readonly rights: (person: Person) => Rights
  /** a client id of this relay process alone */
  readonly authority: number
  /** ms since 1970 */
  readonly now: number
}

export const decide = (work: Workspace, submission: Submission, circumstances: Circumstances): Judged[] => {
  switch (submission.from) {
    case 'device':
      return submission.edits.length === 1
        ? [decideEdit(work, submission.edits[0]!, submission.author, circumstances)]
        : decideGroup(work, submission, circumstances)
    case 'online':
      return [decideOnline(work, submission, circumstances)]
    case 'withdraw':
      return [decideWithdrawal(work, submission, circumstances)]
  }
}

const decideEdit = (work: Workspace, edit: Edit, author: Author, circumstances: Circumstances): Judged => {
  const known = work.edit(edit.id)
  if (known !== undefined) return known.device === author.device ? judged(edit, known.outcome) : foreign(edit)
  const after = edit.after === undefined ? undefined : work.edit(edit.after)
  if (edit.after !== undefined && after === undefined) return judged(edit, { status: 'wait' })
  if (after !== undefined && !isEarlier(after, edit)) return foreign(edit)
  const record = work.record({ table: edit.table, id: edit.record })
  const stopped = after !== undefined && after.outcome.status !== 'applied' && after.outcome.status !== 'lost'
  const admission = { schema: circumstances.environment.schema, rights: circumstances.rights }
  const refusal = stopped ? undefined : refuse(admission, edit, author, record)
  if (refusal !== undefined) {
    // What no honest device sends leaves no trace; an honest refusal is an outcome like any other.
    if (refusal.answer.status === 'rejected' && refusal.suspicious !== true)
      remember(work, edit, refusal.answer, circumstances)
    return { ...judged(edit, refusal.answer), ...refusal }
  }
  const outcome = merge(work, edit, author.person, after?.outcome, circumstances)
  remember(work, edit, outcome, circumstances)
  return judged(edit, outcome)
}

const isEarlier = (after: StoredEdit, edit: Edit): boolean =>
  after.device === edit.device &&
  (after.outcome.status === 'withdrawn' || (after.table === edit.table && after.id === edit.record))

const foreign = (edit: Edit): Judged => ({
  ...judged(edit, { status: 'rejected', code: 'invalid', message: 'the edit names an edit of someone else' }),
  suspicious: true,
})

const merge = (
  work: Workspace,
  edit: Edit,
  person: Person,
  after: Outcome | undefined,
  { environment, rights, authority, now }: Circumstances,
): Outcome => {
  const key = { table: edit.table, id: edit.record }
  const record = work.record(key)
  const strategy = environment.strategyOf(edit.table)
  const allowed = allowedImage(edit, environment.schema.tables.get(edit.table)!, rights(person))
  const circumstances = { base: work.baseOf(edit), ...(after === undefined ? {} : { after }) }
  const verdict = verdictOn(record, allowed, strategy, circumstances)
  const merges = verdict.status === 'applied' || verdict.status === 'lost'
  const merged = settle(record, allowed, verdict, strategy, {
    ...circumstances,
    rev: merges ? work.rev() + 1 : work.rev(),
    commit: work.commit,
    authority,
    at: now,
  })
  if (merged.record !== undefined && merged.record.confirmed.bytes.length > MAX_RECORD_BYTES) {
    return rejected('too-large', `a record holds at most ${MAX_RECORD_BYTES / 1024} kB`).answer as Outcome
  }
  if (merges) work.nextRev()
  if (merged.record !== undefined) work.put(key, merged.record)
  if (merged.ledger !== undefined) work.note(merged.ledger)
  return merged.outcome
}

/** All edits of a group take effect, or none (OB13): tried on a branch, then settled on the worst that came of it. */
const decideGroup = (work: Workspace, { edits, author }: DeviceSubmission, circumstances: Circumstances): Judged[] => {
  if (edits.every(({ id }) => work.edit(id)?.device === author.device)) {
    return edits.map(edit => judged(edit, work.edit(edit.id)!.outcome))
  }
  const trial = work.branch()
  const tried = edits.map(edit => decideEdit(trial, edit, author, circumstances))
  const worst = (status: Answer['status']): Judged | undefined => tried.find(({ answer }) => answer.status === status)
  const again = worst('wait') ?? worst('resync')
  if (again !== undefined) return tried.map(each => ({ ...each, answer: again.answer }))
  const stopped = worst('rejected') ?? worst('held') ?? worst('withdrawn')
  if (stopped !== undefined) {
    // A question of the trial is asked all the same, and both its versions are kept.
    for (const entry of trial.notes) if (entry.status === 'held') work.note(entry)
    return edits.map((edit, index) => stopWith(work, edit, tried[index]!, stopped, circumstances))
  }
  const lost = worst('lost')
  if (lost === undefined) {
    trial.keep()
    return tried
  }
  return edits.map(edit => loseWith(work, edit, author, circumstances))
}

const stopWith = (work: Workspace, edit: Edit, own: Judged, cause: Judged, circumstances: Circumstances): Judged => {
  const outcome: Outcome =
    own.answer.status === 'rejected' || own.answer.status === 'held'
      ? own.answer
      : cause.answer.status === 'rejected'
        ? {
            status: 'rejected',
            code: 'group',
            message: `another edit of the group was refused: ${cause.answer.message}`,
          }
        : { status: 'held', by: cause.edit }
  remember(work, edit, outcome, circumstances)
  return { ...judged(edit, outcome), ...(own.suspicious === true ? { suspicious: true } : {}) }
}

/** One edit of the group lost its conflict: the whole group is without effect, and merged for its clocks. */
const loseWith = (work: Workspace, edit: Edit, author: Author, circumstances: Circumstances): Judged => {
  const key = { table: edit.table, id: edit.record }
  const record = work.record(key)
  const standing = record?.state === 'held' ? record : undefined
  if (standing === undefined) {
    const outcome: Outcome = {
      status: 'rejected',
      code: 'group',
      message: 'another edit of the group lost its conflict',
    }
    remember(work, edit, outcome, circumstances)
    return judged(edit, outcome)
  }
  const { environment, authority, now } = circumstances
  const strategy = environment.strategyOf(edit.table)
  const theirs = standing.content
  const verdict = {
    status: 'lost',
    content: theirs,
    to: standing.confirmed.changed,
    conflict: {
      against: [],
      mine: { fields: { ...theirs.fields, ...edit.image }, deleted: edit.kind === 'delete' },
      theirs,
    },
  } as const
  const rev = work.nextRev()
  const merged = settle(standing, edit, verdict, strategy, {
    base: work.baseOf(edit),
    rev,
    commit: work.commit,
    authority,
    at: now,
  })
  if (merged.record !== undefined) work.put(key, merged.record)
  if (merged.ledger !== undefined) work.note(merged.ledger)
  remember(work, edit, merged.outcome, circumstances)
  return judged(edit, merged.outcome)
}

const decideOnline = (work: Workspace, write: OnlineSubmission, circumstances: Circumstances): Judged => {
  const { kind, table, id: editId, person, values } = write
  const at = { edit: editId, table, record: write.record }
  const known = work.edit(editId)
  if (known !== undefined) return { ...at, answer: known.outcome }
  const record = work.record({ table, id: write.record })
  const standing = record?.state === 'held' ? record : undefined
  if (write.ifRev !== undefined && write.ifRev !== (standing?.confirmed.rev ?? 0)) {
    return {
      ...at,
      answer: { status: 'rejected', code: 'refused', message: 'the record has changed since that revision' },
    }
  }
  const before = standing?.content.fields ?? {}
  const changes = Object.fromEntries(
    Object.entries(values).map(([column, after]) => [column, [before[column] ?? null, after] as [Value, Value]]),
  )
  const definition = circumstances.environment.schema.tables.get(table)!
  const refusal = refuseRight(definition, circumstances.rights(person), kind, changes, record)
  if (refusal !== undefined) return { ...at, ...refusal }
  const recorded = recordWrites(
    guidOf(table, write.record),
    standing === undefined ? [] : [standing.confirmed.bytes],
    circumstances.authority,
    kind === 'delete' ? { [DELETED]: true } : values,
  )
  const edit: Edit = {
    id: editId,
    author: person.id,
    device: ONLINE,
    seq: 0,
    tick: 0,
    at: circumstances.now,
    table,
    record: write.record,
    kind,
    base: standing === undefined ? nowhere : { rev: standing.confirmed.rev, commit: standing.confirmed.commit },
    incarnation: standing?.confirmed.incarnation ?? '',
    changes: kind === 'delete' ? {} : changes,
    update: recorded.update,
  }
  const { environment, authority, now } = circumstances
  const merged = mergeEdit(record, edit, environment.strategyOf(table), {
    base: edit.base.rev,
    rev: work.rev() + 1,
    commit: work.commit,
    authority,
    at: now,
  })
  if (merged.record !== undefined) {
    work.nextRev()
    work.put({ table, id: write.record }, merged.record)
    remember(work, edit, merged.outcome, circumstances)
  }
  return { ...at, answer: merged.outcome }
}

/** The device of writes through the online API. */
export const ONLINE = '00000000000000ff'

const decideWithdrawal = (
  work: Workspace,
  { edit, author }: WithdrawSubmission,
  circumstances: Circumstances,
): Judged => {
  const at = { edit, table: '', record: '' }
  const known = work.edit(edit)
  if (known !== undefined && known.device !== author.device)
    return { ...at, ...rejected('invalid', 'not an edit of this device') }
  if (known !== undefined && known.outcome.status !== 'held')
    return { ...at, table: known.table, record: known.id, answer: known.outcome }
  work.settle({
    edit,
    table: '',
    id: '',
    device: author.device,
    seq: 0,
    author: author.person.id,
    kind: 'update',
    at: circumstances.now,
    received: circumstances.now,
    changes: {},
    outcome: { status: 'withdrawn' },
  })
  return { ...at, answer: { status: 'withdrawn' } }
}

const remember = (work: Workspace, edit: Edit, outcome: Outcome, { now }: Circumstances): void => {
  work.settle(storedEdit(edit, outcome, now))
  if (edit.amends === undefined) return
  // What is amended is void from now on, whether it waits here or is still on its way.
  const amended = work.edit(edit.amends)
  if (amended !== undefined && (amended.outcome.status !== 'held' || amended.device !== edit.device)) return
  work.settle({ ...storedEdit(edit, { status: 'withdrawn' }, now), edit: edit.amends })
}

const storedEdit = (edit: Edit, outcome: Outcome, received: number): StoredEdit => ({
  edit: edit.id,
  table: edit.table,
  id: edit.record,
  device: edit.device,
  seq: edit.seq,
  author: edit.author,
  kind: edit.kind,
  at: edit.at,
  received,
  changes: edit.changes,
  outcome,
  ...(edit.amends === undefined ? {} : { amends: edit.amends }),
  ...(edit.group === undefined ? {} : { group: edit.group }),
})

const judged = (edit: Edit, answer: Answer): Judged => ({
  edit: edit.id,
  table: edit.table,
  record: edit.record,
  answer,
})
