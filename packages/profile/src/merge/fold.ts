import type { Edit } from '../edit/edit.ts'
import type { Content } from '../record/record.ts'
import { REMEMBERED } from '../record/record.ts'
import { judge, laidOver, type Standing, type Verdict } from './judge.ts'
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

/** @param edits in the order (tick, device); the author's own refused and held edits stay laid over, they are his words */
export const foldPending = (
  standing: { readonly standing: Standing | undefined; readonly rev: number },
  edits: readonly Edit[],
  strategy: Strategy,
): Folded => {
  let present = standing.standing
  let rev = standing.rev
  const verdicts = new Map<string, Verdict>()
  const revs = new Map<string, number>()
  for (const edit of edits) {
    const before = edit.after === undefined ? undefined : verdicts.get(edit.after)
    const verdict = judge(present, edit, {
      base: edit.base.rev,
      strategy,
      ...(before === undefined ? {} : { after: outcomeOf(before, revs.get(edit.after!) ?? 0) }),
    })
    verdicts.set(edit.id, verdict)
    if (verdict.status === 'applied' || verdict.status === 'lost') {
      rev++
      revs.set(edit.id, rev)
      if (verdict.status === 'applied') present = moved(present, verdict.content, edit, rev)
    } else {
      present = moved(present, laidOver(contentIn(present), edit), edit, rev)
    }
  }
  return { content: present?.state === 'held' ? present.content : undefined, verdicts }
}

const contentIn = (standing: Standing | undefined): Content =>
  standing?.state === 'held' ? standing.content : { fields: {}, deleted: false }

const moved = (present: Standing | undefined, content: Content, edit: Edit, rev: number): Standing => {
  const recent = present?.state === 'held' ? present.recent : []
  return {
    state: 'held',
    content,
    changed: rev,
    recent: [...recent, { rev, edit: edit.id, device: edit.device }].slice(-REMEMBERED),
  }
}

const outcomeOf = (verdict: Verdict, rev: number): Parameters<typeof judge>[2]['after'] & object => {
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
