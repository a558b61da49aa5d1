import {
  type Answer,
  type Confirmed,
  DELETED,
  type Edit,
  guidOf,
  MAX_RECORD_BYTES,
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
import { allowedImage, refuse, refuseRight, refuseSender, rejected } from './admission.ts'
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
 * `after` refused, held or withdrawn holds; `after` unknown waits; only then bytes and rights. Before all of that an edit
 * must be its sender's own, on a table there is.
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
  const { environment, rights } = circumstances
  const impostor = refuseSender(environment.schema, edit, author)
  if (impostor !== undefined) return { ...judged(edit, impostor.answer), ...impostor }
  const known = work.edit(edit.id)
  if (known !== undefined && known.device !== author.device) return foreign(edit)
  const answered = known ?? work.edit(voidKey(author.device, edit.id))
  if (answered !== undefined) return judged(edit, answered.outcome)
  const after = edit.after === undefined ? undefined : earlier(work, edit.after, author)
  if (edit.after !== undefined && after === undefined) return judged(edit, { status: 'wait' })
  if (after !== undefined && !isOnSameRecord(after, edit)) return foreign(edit)
  const record = work.record({ table: edit.table, id: edit.record })
  const stopped = after !== undefined && after.outcome.status !== 'applied' && after.outcome.status !== 'lost'
  const refusal = stopped ? undefined : refuse({ schema: environment.schema, rights }, edit, author, record)
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

/** An edit of the same device that has been answered, or was withdrawn before it came. */
const earlier = (work: Workspace, id: string, { device }: Author): StoredEdit | undefined =>
  work.edit(id) ?? work.edit(voidKey(device, id))

/** Edits taken back before they came are kept under their device, so that nobody can void the edits of another. */
export const voidKey = (device: string, edit: string): string => `${device}/${edit}`

const isOnSameRecord = (after: StoredEdit, edit: Edit): boolean =>
  after.device === edit.device && (after.table === '' || (after.table === edit.table && after.id === edit.record))

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
  if (merged.record !== undefined && isTooLarge(merged.record.confirmed)) return tooLarge.answer as Outcome
  if (merges) work.nextRev()
  if (merged.record !== undefined) work.put(key, merged.record)
  if (merged.ledger !== undefined) work.note(merged.ledger)
  return merged.outcome
}

const isTooLarge = ({ bytes }: Confirmed): boolean => bytes.length > MAX_RECORD_BYTES

const tooLarge = rejected('too-large', `a record holds at most ${MAX_RECORD_BYTES / 1024} kB`)

/** All edits of a group take effect, or none (OB13): tried on a branch, then settled on the worst that came of it. */
const decideGroup = (work: Workspace, { edits, author }: DeviceSubmission, circumstances: Circumstances): Judged[] => {
  const known = edits.map(({ id }) => {
    const found = earlier(work, id, author)
    return found?.device === author.device ? found : undefined
  })
  if (known.every(each => each !== undefined)) return edits.map((edit, at) => judged(edit, known[at]!.outcome))
  // A group is decided in one commit: no honest device sends an answered edit next to a new one of its group.
  if (known.some(each => each !== undefined)) return edits.map((edit, at) => tornFrom(edit, known[at]))
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

const tornFrom = (edit: Edit, known: StoredEdit | undefined): Judged =>
  known === undefined
    ? {
        ...judged(edit, { status: 'rejected', code: 'invalid', message: 'part of the group was decided before' }),
        suspicious: true,
      }
    : judged(edit, known.outcome)

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
  if (cause.suspicious === true || own.suspicious === true) return { ...judged(edit, outcome), suspicious: true }
  remember(work, edit, outcome, circumstances)
  return judged(edit, outcome)
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
  const before = standing?.content.fields ?? {}
  const changes = Object.fromEntries(
    Object.entries(values).map(([column, after]) => [column, [before[column] ?? null, after] as [Value, Value]]),
  )
  const definition = circumstances.environment.schema.tables.get(table)!
  const refusal = refuseRight(definition, circumstances.rights(person), kind, changes, record)
  if (refusal !== undefined) return { ...at, ...refusal }
  // After the rights: who may not read the record must not learn its revision.
  if (write.ifRev !== undefined && write.ifRev !== (standing?.confirmed.rev ?? 0)) {
    return { ...at, ...rejected('refused', 'the record has changed since that revision') }
  }
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
  if (merged.record !== undefined && isTooLarge(merged.record.confirmed)) return { ...at, ...tooLarge }
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
  if (known === undefined) {
    // Asked again, because the answer was lost: it stands.
    if (work.edit(voidKey(author.device, edit)) === undefined) work.settle(voided(edit, author, circumstances.now))
    return { ...at, answer: { status: 'withdrawn' } }
  }
  const outcome: Outcome = known.outcome.status === 'held' ? { status: 'withdrawn' } : known.outcome
  if (known.outcome.status === 'held') work.settle({ ...known, received: circumstances.now, outcome })
  return { edit, table: known.table, record: known.id, answer: outcome }
}

const voided = (edit: string, { person, device }: Author, now: number): StoredEdit => ({
  edit: voidKey(device, edit),
  table: '',
  id: '',
  device,
  seq: 0,
  author: person.id,
  kind: 'update',
  at: now,
  received: now,
  changes: {},
  outcome: { status: 'withdrawn' },
})

const remember = (work: Workspace, edit: Edit, outcome: Outcome, { now }: Circumstances): void => {
  work.settle(storedEdit(edit, outcome, now))
  if (edit.amends === undefined) return
  // What is amended is void from now on, whether it waits here or is still on its way.
  const amended = work.edit(edit.amends)
  if (amended === undefined) {
    const outcome: Outcome = { status: 'withdrawn' }
    if (work.edit(voidKey(edit.device, edit.amends)) !== undefined) return
    work.settle({ ...storedEdit(edit, outcome, now), edit: voidKey(edit.device, edit.amends), changes: {} })
  } else if (amended.outcome.status === 'held' && amended.device === edit.device) {
    work.settle({ ...amended, received: now, outcome: { status: 'withdrawn' } })
  }
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
  // What was refused for its size is not kept for it.
  changes: outcome.status === 'rejected' && outcome.code === 'too-large' ? {} : edit.changes,
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
