import { type Edit, type Outcome, type Person, settle, verdictOn } from '@rejoin/profile'
import { withActionTime } from './action-time.ts'
import { allowedImage } from './admission.ts'
import { type Circumstances, isTooLarge, tooLarge } from './answering.ts'
import { handlerOf } from './handling.ts'
import { ruledOut } from './ruling.ts'
import { strategyFor } from './strategy.ts'
import type { Workspace } from './workspace.ts'

/** What of an admitted edit depends on its way here: a device's base is looked up, an online write is made on the record as it stands. */
export interface Standpoint {
  readonly person: Person
  readonly app?: string
  readonly base: number
  /** outcome of the edit it was made on top of */
  readonly after?: Outcome
}

/** Judges, asks the rules, and carries out. @returns its outcome; where that is a rejection nothing was changed */
export const merge = (
  work: Workspace,
  edit: Edit,
  { person, app, ...known }: Standpoint,
  circumstances: Circumstances,
): Outcome => {
  const { environment, rights, authority, now } = circumstances
  const key = { table: edit.table, id: edit.record }
  const record = work.record(key)
  const strategy = strategyFor(edit.table, { person, ...(app === undefined ? {} : { app }) }, circumstances)
  const table = environment.schema.tables.get(edit.table)!
  const allowed = allowedImage(edit, table, rights(person))
  const handle = handlerOf(edit, circumstances)
  const verdict = verdictOn(record, allowed, strategy, { ...known, ...(handle === undefined ? {} : { handle }) })
  const standing = record?.state === 'held' ? record.content : undefined
  const ruled = ruledOut(standing, allowed, verdict, person, circumstances)
  if (ruled !== undefined) return ruled
  const merges = verdict.status === 'applied' || verdict.status === 'lost'
  const merged = settle(record, allowed, withActionTime(verdict, edit, table), strategy, {
    ...known,
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
