import type { Value } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import { noteGone } from '../replica/gone-columns.ts'
import { schemaOf } from '../replica/grant.ts'
import { decode, keyOf } from '../replica/memory.ts'
import { grantIn, type Pen } from '../replica/recording.ts'
import { save, saveTogether, type Wish } from '../table/saving.ts'
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
  for (const { edit } of draft.entries()) if (edit.amends !== undefined) known.add(edit.amends)
  const left = work.actions.filter(
    action => !without.includes(action.id) && !known.has(action.id) && !isHere(draft, action) && !isDone(draft, action),
  )
  for (const actions of together(left)) {
    const then = { ...pen, now: () => actions[0]!.at, consolidates: false }
    const wishes = actions.flatMap(action => {
      const wish = withoutUnknown(draft, action, pen)
      return wish === undefined ? [] : [{ ...wish, amends: action.id }]
    })
    if (wishes.length === 0) continue
    if (actions[0]!.group === undefined) save(draft, wishes[0]!, then)
    else saveTogether(draft, wishes, pen.newId(), then)
  }
  for (const form of work.drafts) if (draft.forms.get(form.name) === undefined) draft.forms.set(form.name, form)
  draft.setMeta({ imported: [...imported, work.id, ...left.map(({ id }) => id)] })
}

/** Given up here, it is here until the relay has said whether that came too late: till then nobody can say if it is to be done. */
const isHere = (draft: Draft, { id, wish }: UnsentAction): boolean => {
  const entry = draft.entry(id)
  if (entry?.state.status !== 'withdrawing') return entry !== undefined
  const message = 'this was given up here, and the relay has not said yet whether it took effect'
  throw new RejoinFault({ code: 'unsent', message, fix: 'connect, and try again', table: wish.table, record: wish.id })
}

/**
 * Without values of columns that are no more, which the ledger keeps; undefined where nothing is left of an update. A
 * create that would be no record without them stays as it is, and is refused.
 */
const withoutUnknown = (draft: Draft, { id: edit, wish }: UnsentAction, { now }: Pen): Wish | undefined => {
  const table = schemaOf(grantIn(draft)).tables.get(wish.table)
  if (table === undefined || !('values' in wish)) return wish
  const { kind, id: record, values } = wish
  const isKnown = (name: string): boolean => name === table.primaryKey || table.byName.has(name)
  const left = Object.entries(values).filter(([name]) => isKnown(name))
  const gone = Object.entries(values).filter(([name]) => !isKnown(name)) as [string, Value][]
  if (gone.length === 0 || (kind === 'create' && left.length === 0)) return wish
  const changes = Object.fromEntries(gone.map(([name, value]) => [name, [null, value] as const]))
  noteGone(draft, { edit, table: table.name, record, kind, rev: 0, changes }, Object.fromEntries(gone), now())
  return left.length === 0 ? undefined : { ...wish, values: Object.fromEntries(left) }
}

/** That its device has later edits in the record says nothing of this one: it may have been withdrawn. */
const isDone = (draft: Draft, { id, wish }: UnsentAction): boolean => {
  const row = draft.rows.get(keyOf(wish))
  const recent = row === undefined ? [] : (decode(row)?.confirmed.recent ?? [])
  return draft.settled.get(id) !== undefined || recent.some(({ edit }) => edit === id)
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
