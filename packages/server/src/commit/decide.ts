import { type Answer, type Edit, type Outcome, settle } from '@rejoin/profile'
import { withoutErased } from '../erasure/emptied.ts'
import type { StoredEdit } from '../storage/storage.ts'
import { refuse, refuseSender, rejected } from './admission.ts'
import { type Circumstances, isMadeAlready, judged, leaveAmended, remember, voidAmended, voidKey } from './answering.ts'
import { merge } from './merging.ts'
import { decideOnline } from './online.ts'
import { strategyFor } from './strategy.ts'
import type { Author, DeviceSubmission, Judged, Submission, WithdrawSubmission } from './submission.ts'
import type { Workspace } from './workspace.ts'

/**
 * What becomes of submissions, one after the other, in one commit. Pure: records and edits come from the workspace,
 * time and authority are handed in. The order at the gate (DESIGN.md, section 5): a known id is answered as before;
 * `after` refused, held or withdrawn holds; `after` unknown waits; only then bytes and rights. Before all of that an edit
 * must be its sender's own, on a table there is.
 */
export const decide = (work: Workspace, submission: Submission, circumstances: Circumstances): Judged[] => {
  switch (submission.from) {
    case 'device': {
      const edits = submission.edits.map(edit =>
        withoutErased(edit, work.emptied({ table: edit.table, id: edit.record }), work.baseOf(edit)),
      )
      return edits.length === 1
        ? [decideEdit(work, edits[0]!, submission.author, circumstances)]
        : decideGroup(work, { ...submission, edits }, circumstances)
    }
    case 'online':
      return [decideOnline(work, submission, circumstances)]
    case 'withdraw':
      return [decideWithdrawal(work, submission, circumstances)]
  }
}

const decideEdit = (work: Workspace, edit: Edit, author: Author, circumstances: Circumstances): Judged => {
  const { environment, rights, commands } = circumstances
  const impostor = refuseSender(environment.schema, edit, author)
  if (impostor !== undefined) return { ...judged(edit, impostor.answer), ...impostor }
  const known = work.edit(edit.id)
  if (known !== undefined && known.device !== author.device) return foreign(edit)
  const answered = known ?? work.edit(voidKey(author.person.id, edit.id))
  if (answered !== undefined) return judged(edit, answered.outcome)
  if (isMadeAlready(work, edit)) {
    remember(work, edit, { status: 'withdrawn' }, circumstances)
    return judged(edit, { status: 'withdrawn' })
  }
  const after = edit.after === undefined ? undefined : earlier(work, edit.after, author)
  if (edit.after !== undefined && after === undefined) return judged(edit, { status: 'wait' })
  if (after !== undefined && !isOnSameRecord(after, edit)) return foreign(edit)
  const record = work.record({ table: edit.table, id: edit.record })
  const stopped = after !== undefined && after.outcome.status !== 'applied' && after.outcome.status !== 'lost'
  const refusal = stopped ? undefined : refuse({ schema: environment.schema, rights, commands }, edit, author, record)
  if (refusal !== undefined) {
    // What no honest device sends leaves no trace; an honest refusal is an outcome like any other.
    if (refusal.answer.status === 'rejected' && refusal.suspicious !== true)
      remember(work, edit, refusal.answer, circumstances)
    else if (refusal.suspicious !== true) voidAmended(work, edit, circumstances.now)
    return { ...judged(edit, refusal.answer), ...refusal }
  }
  const { person, app } = author
  const standpoint = {
    person,
    ...(app === undefined ? {} : { app }),
    base: work.baseOf(edit),
    ...(after === undefined ? {} : { after: after.outcome }),
  }
  const outcome = merge(work, edit, standpoint, circumstances)
  remember(work, edit, outcome, circumstances)
  return judged(edit, outcome)
}

/** An edit of the same device that has been answered, or was withdrawn before it came. */
const earlier = (work: Workspace, id: string, { person }: Author): StoredEdit | undefined =>
  work.edit(id) ?? work.edit(voidKey(person.id, id))

const isOnSameRecord = (after: StoredEdit, edit: Edit): boolean =>
  after.device === edit.device && (after.table === '' || (after.table === edit.table && after.id === edit.record))

const foreign = (edit: Edit): Judged => ({
  ...judged(edit, { status: 'rejected', code: 'invalid', message: 'the edit names an edit of someone else' }),
  suspicious: true,
})

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
  if (again !== undefined) {
    // Recorded again, they amend these, of which nothing else is kept.
    if (again.answer.status === 'resync') for (const edit of edits) voidAmended(work, edit, circumstances.now)
    return tried.map(each => ({ ...each, answer: again.answer }))
  }
  if (tried.every(({ answer }) => answer.status === 'withdrawn')) {
    trial.keep()
    return tried
  }
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
  const { authority, now } = circumstances
  const strategy = strategyFor(edit.table, author, circumstances)
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
    if (work.edit(voidKey(author.person.id, edit)) === undefined) work.settle(voided(edit, author, circumstances.now))
    return { ...at, answer: { status: 'withdrawn' } }
  }
  const outcome: Outcome = known.outcome.status === 'held' ? { status: 'withdrawn' } : known.outcome
  if (known.outcome.status === 'held') work.settle({ ...known, received: circumstances.now, outcome })
  // Given up by its author: nobody has to look at it any more (OB16).
  if (known.outcome.status === 'rejected' && work.edit(voidKey(author.person.id, edit)) === undefined)
    work.settle(voided(edit, author, circumstances.now))
  if (known.outcome.status === 'held' || known.outcome.status === 'rejected')
    leaveAmended(work, known, circumstances.now)
  return { edit, table: known.table, record: known.id, answer: outcome }
}

const voided = (edit: string, { person, device }: Author, now: number): StoredEdit => ({
  edit: voidKey(person.id, edit),
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
