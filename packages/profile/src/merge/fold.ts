import type { Edit } from '../edit/edit.ts'
import type { Outcome } from '../edit/outcome.ts'
import { type Content, REMEMBERED, sameContent } from '../record/record.ts'
import { type Handle, judge, laidOver, type Standing, type Verdict } from './judge.ts'
import type { Strategy } from './strategy.ts'

/**
 * What a device shows: pending edits judged over the confirmed record as if a relay had accepted them in order.
 * A prediction in plain values; the relay's word replaces it.
 */
export interface Folded {
  /** undefined where no record exists yet */
  readonly content: Content | undefined
  /** predicted verdict by edit id */
  readonly verdicts: ReadonlyMap<string, Verdict>
}

/** What a device has of a record, and what it was told of edits that are no longer pending. */
export interface Present {
  readonly standing: Standing | undefined
  readonly rev: number
  /** the life of the confirmed record; edits of another one are judged by their values alone */
  readonly incarnation?: string
  /** outcomes of settled edits that pending ones may name as `after` */
  readonly outcomes?: ReadonlyMap<string, Outcome>
}

/**
 * @param edits in the order (tick, device); the author's own refused and held edits stay laid over, they are his words
 * @param handlerOf the step of a command, where it is known here; where not, what its author saw stands for it
 */
export const foldPending = (
  { standing, rev: confirmed, incarnation, outcomes }: Present,
  edits: readonly Edit[],
  strategy: Strategy,
  handlerOf: (edit: Edit) => Handle | undefined = () => undefined,
): Folded => {
  let present = standing
  let rev = confirmed
  const verdicts = new Map<string, Verdict>()
  const predicted = new Map<string, Outcome>()
  for (const edit of edits) {
    const after = edit.after === undefined ? undefined : (predicted.get(edit.after) ?? outcomes?.get(edit.after))
    const sameLife = incarnation === undefined || edit.incarnation === '' || edit.incarnation === incarnation
    const handle = edit.kind === 'command' ? handlerOf(edit) : undefined
    const verdict = judge(present, edit, {
      base: sameLife ? edit.base.rev : 0,
      strategy,
      ...(after === undefined ? {} : { after }),
      ...(handle === undefined ? {} : { handle }),
    })
    verdicts.set(edit.id, verdict)
    if (verdict.status === 'applied' || verdict.status === 'lost') rev++
    predicted.set(edit.id, outcomeOf(verdict, rev))
    if (verdict.status === 'lost') continue
    present = moved(
      present,
      verdict.status === 'applied' ? verdict.content : laidOver(contentIn(present), edit),
      edit,
      rev,
    )
  }
  return { content: present?.state === 'held' ? present.content : undefined, verdicts }
}

const contentIn = (standing: Standing | undefined): Content =>
  standing?.state === 'held' ? standing.content : { fields: {}, deleted: false }

const moved = (present: Standing | undefined, content: Content, edit: Edit, rev: number): Standing => {
  // As on the relay, an edit that changes nothing visible is no change that others could conflict with.
  if (present?.state === 'held' && sameContent(present.content, content)) return present
  const recent = present?.state === 'held' ? present.recent : []
  return {
    state: 'held',
    content,
    changed: rev,
    recent: [...recent, { rev, edit: edit.id, device: edit.device }].slice(-REMEMBERED),
  }
}

const outcomeOf = (verdict: Verdict, rev: number): Outcome => {
  switch (verdict.status) {
    case 'applied':
      return { status: 'applied', rev }
    case 'lost':
      return { status: 'lost', rev, to: verdict.to, conflict: '' }
    case 'held':
      return { status: 'held', by: verdict.by }
    case 'rejected':
      return { status: 'rejected', code: verdict.code, message: verdict.message }
  }
}
