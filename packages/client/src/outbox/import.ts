import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import { keyOf } from '../replica/memory.ts'
import { grantIn, type Pen } from '../replica/recording.ts'
import { isInside } from '../replica/view.ts'
import { save, saveTogether } from '../table/saving.ts'
import type { UnsentAction, UnsentWork } from './unsent.ts'

/**
 * Unsent work of another store, made again here: new edits on the records as they are here, with the time they were
 * first done. Each amends the one it was made from, so that nothing takes effect twice where that one was sent after all,
 * or is yet to be; what this device has taken in before, from whatever file, or knows to be in a record already is left
 * out. All or nothing; `without` leaves out actions that this device cannot take, by their ids.
 * @throws RejoinFault
 */
export const takeUnsent = (draft: Draft, work: UnsentWork, without: readonly string[], pen: Pen): void => {
  const { user } = grantIn(draft)
  const imported = draft.meta().imported ?? []
  if (work.user !== user.id) {
    const fix = `sign in as ${work.user} to take it in`
    throw new RejoinFault({ code: 'not-permitted', message: 'this is the work of another user', fix })
  }
  if (imported.includes(work.id)) {
    throw new RejoinFault({ code: 'settled', message: 'this file was taken in already' })
  }
  const known = new Set(imported)
  for (const { edit } of draft.entries()) for (const id of [edit.id, edit.amends]) if (id !== undefined) known.add(id)
  const isDone = ({ seq, wish }: UnsentAction): boolean => isInside(draft.rows.get(keyOf(wish)), seq, work.device)
  const left = work.actions.filter(action => !without.includes(action.id) && !known.has(action.id) && !isDone(action))
  for (const actions of together(left)) {
    const then = { ...pen, now: () => actions[0]!.at, consolidates: false }
    const wishes = actions.map(({ id, wish }) => ({ ...wish, amends: id }))
    if (actions[0]!.group === undefined) save(draft, wishes[0]!, then)
    else saveTogether(draft, wishes, pen.newId(), then)
  }
  for (const form of work.drafts) if (draft.forms.get(form.name) === undefined) draft.forms.set(form.name, form)
  draft.setMeta({ imported: [...imported, work.id, ...left.map(({ id }) => id)] })
}

/** Actions of one group next to one another; others alone. */
const together = (actions: readonly UnsentAction[]): readonly (readonly UnsentAction[])[] => {
  const runs: UnsentAction[][] = []
  for (const action of actions) {
    const last = runs.at(-1)
    if (action.group !== undefined && last?.[0]?.group === action.group) last.push(action)
    else runs.push([action])
  }
  return runs
}
