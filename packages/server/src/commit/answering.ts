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
  const key = voidKey(author, amends)
  if (work.edit(key) === undefined) work.settle({ ...bare(storedEdit(edit, outcome, now)), edit: key })
}

/**
 * Unsent work that was in a file, and made again more than once: what it amends took effect from another device, or was
 * amended by another edit before. Whoever decides about an edit again amends the one that was sent last, and nothing twice.
 */
export const isMadeAlready = (work: Workspace, { amends, author, device, seq }: Edit): boolean => {
  if (amends === undefined) return false
  const amended = work.edit(amends)
  const isElsewhere = amended?.author === author && amended.device !== device
  if (isElsewhere && (amended.outcome.status === 'applied' || amended.outcome.status === 'lost')) return true
  const taken = work.edit(voidKey(author, amends))
  return taken?.amends === amends && (taken.device !== device || taken.seq !== seq)
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
