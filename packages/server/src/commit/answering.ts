import {
  type Answer,
  type Commands,
  type Confirmed,
  type Edit,
  MAX_RECORD_BYTES,
  type Outcome,
  type Person,
  type Rights,
} from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import type { CodeRule } from '../rules/code-rule.ts'
import type { StoredEdit } from '../storage/storage.ts'
import { rejected } from './admission.ts'
import type { Judged } from './submission.ts'
import type { Workspace } from './workspace.ts'

/** What every decision of a commit shares: what it is made in, and how its answer is kept. */
export interface Circumstances {
  readonly environment: Environment
  readonly rights: (person: Person) => Rights
  readonly commands: Commands
  /** rules as code */
  readonly rules: readonly CodeRule[]
  /** a client id of this relay process alone */
  readonly authority: number
  /** ms since 1970 */
  readonly now: number
  /** hears of bugs of commands and rules */
  readonly log: (error: unknown) => void
}

export const isTooLarge = ({ bytes }: Confirmed): boolean => bytes.length > MAX_RECORD_BYTES

export const tooLarge: Pick<Judged, 'answer'> = rejected(
  'too-large',
  `a record holds at most ${MAX_RECORD_BYTES / 1024} kB`,
)

/**
 * Edits taken back, replaced or given up, whether they ever came or not: kept under their author, so that nobody can void
 * the edits of another. His own devices can, with unsent work that one of them exported and another took in.
 */
export const voidKey = (author: string, edit: string): string => `${author}/${edit}`

export const remember = (work: Workspace, edit: Edit, outcome: Outcome, { now }: Circumstances): void => {
  // Of a purged record the values were to be gone; and what was refused for its size is not kept for it.
  const purged = work.record({ table: edit.table, id: edit.record })?.state === 'purged'
  const heavy = outcome.status === 'rejected' && outcome.code === 'too-large'
  const stored = storedEdit(edit, outcome, now)
  work.settle(purged || heavy ? bare(stored) : stored)
  voidAmended(work, edit, now)
}

/** What is amended is void from now on, whether it was refused, waits here, or is still on its way. */
export const voidAmended = (work: Workspace, edit: Edit, now: number): void => {
  const { amends, author } = edit
  if (amends === undefined) return
  const amended = work.edit(amends)
  const status = amended?.outcome.status
  if ((amended !== undefined && amended.author !== author) || status === 'applied' || status === 'lost') return
  const outcome: Outcome = { status: 'withdrawn' }
  if (amended !== undefined && status === 'held') work.settle({ ...amended, received: now, outcome })
  take(work, storedEdit(edit, outcome, now))
}

/**
 * Who makes an edit instead: first under the void key, then each turn under a key of its own, as nothing that is decided
 * is written twice. The last one counts; it `amends` the edit, or is without where whoever did gave it up. Turns are few:
 * the last is nobody's to give up.
 */
export const turnKeys = (author: string, edit: string): readonly string[] => {
  const key = voidKey(author, edit)
  return [key, ...[1, 2, 3, 4].map(turn => `${key}/${turn}`)]
}

const turnsOf = (work: Workspace, author: string, edit: string): readonly StoredEdit[] =>
  turnKeys(author, edit).flatMap(key => work.edit(key) ?? [])

/** With what that one amends in turn, where it was given up: it is the same work. */
const take = (work: Workspace, by: StoredEdit): void => {
  const { amends, author } = by
  if (amends === undefined) return
  const turns = turnsOf(work, author, amends)
  const key = turnKeys(author, amends)[turns.length]
  if (turns.at(-1)?.amends !== undefined || key === undefined) return
  work.settle({ ...bare(by), edit: key, outcome: { status: 'withdrawn' } })
  const amended = work.edit(amends)
  if (amended?.author === author) take(work, { ...amended, received: by.received })
}

/**
 * An edit that was refused or held is given up: what it amended, and what that amended in turn, stays void, but nobody
 * makes it any more. Whoever has it on another device may decide about it again.
 */
export const leaveAmended = (work: Workspace, given: StoredEdit, now: number): void => {
  const { amends, author } = given
  if (amends === undefined) return
  const turns = turnsOf(work, author, amends)
  const keys = turnKeys(author, amends)
  if (!isBy(turns.at(-1), given) || turns.length + 1 >= keys.length) return
  const { amends: _, ...free } = bare(given)
  work.settle({ ...free, edit: keys[turns.length]!, received: now, outcome: { status: 'withdrawn' } })
  const amended = work.edit(amends)
  if (amended?.author === author) leaveAmended(work, amended, now)
}

const isBy = (
  turn: StoredEdit | undefined,
  { amends, device, seq }: Pick<Edit, 'amends' | 'device' | 'seq'>,
): boolean => turn !== undefined && turn.amends === amends && turn.device === device && turn.seq === seq

/**
 * Unsent work that was in a file, and made again more than once: what it amends took effect from another device, or was
 * amended by another edit before, which took effect or may yet. Whoever decides about an edit again amends the one that
 * was sent last, and nothing twice.
 */
export const isMadeAlready = (work: Workspace, edit: Pick<Edit, 'amends' | 'author' | 'device' | 'seq'>): boolean => {
  const { amends, author, device } = edit
  if (amends === undefined) return false
  const amended = work.edit(amends)
  const own = amended?.author === author ? amended : undefined
  const isElsewhere = own !== undefined && own.device !== device
  if (isElsewhere && (own.outcome.status === 'applied' || own.outcome.status === 'lost')) return true
  const last = turnsOf(work, author, amends).at(-1)
  if (last?.amends !== undefined && !isBy(last, edit)) return true
  return own !== undefined && isMadeAlready(work, own)
}

/** Without what its author wrote. */
export const bare = (edit: StoredEdit): StoredEdit => ({
  ...edit,
  changes: {},
  ...(edit.command === undefined ? {} : { command: { ...edit.command, args: {} } }),
})

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
  ...(edit.command === undefined ? {} : { command: edit.command }),
  ...(edit.amends === undefined ? {} : { amends: edit.amends }),
  ...(edit.group === undefined ? {} : { group: edit.group }),
})

export const judged = (edit: Edit, answer: Answer): Judged => ({
  edit: edit.id,
  table: edit.table,
  record: edit.record,
  answer,
})
