import type { Edit, Fields } from '@rejoin/profile'
import type { Draft } from '../replica/draft.ts'
import { keyOf } from '../replica/memory.ts'
import { aftersOf } from '../replica/reauthor.ts'
import { type Intent, type Pen, recordEdit } from '../replica/recording.ts'
import type { Entry } from './outbox-state.ts'
import { tooLarge } from './size.ts'

/**
 * An update as part of the entry before it (OB12), where the device is set to it. That entry is of the same record, has
 * never left, and is the last thing done on this device: nothing can refer to it, or have been made knowing it. It is
 * recorded anew with the values of both, and nobody has seen its structs, so their clocks are given out again. What both
 * stood on must be the same, or a conflict of the first would be forgotten.
 *
 * @returns undefined where it has to be an entry of its own
 */
export const recordInto = (draft: Draft, intent: Intent, pen: Pen): Edit | undefined => {
  const last = draft.chain(keyOf(intent)).at(-1)
  if (pen.consolidates !== true || last === undefined) return undefined
  if (intent.kind !== 'update' || intent.separate === true || intent.group !== undefined) return undefined
  if (!mayGrow(draft, last)) return undefined
  const { kind, changes, amends } = last.edit
  const fields = { ...aftersOf(changes), ...intent.fields }
  const trial = draft.branch()
  takeBack(trial, last)
  const edit = recordEdit(
    trial,
    {
      ...intent,
      kind,
      fields: kind === 'create' ? present(fields) : fields,
      ...(amends === undefined ? {} : { amends }),
    },
    pen,
  )
  if (!isOnSameGround(edit, last.edit) || tooLarge(edit) !== undefined) return undefined
  trial.keep()
  return edit
}

const mayGrow = (draft: Draft, { edit, state, separate }: Entry): boolean =>
  state.status === 'waiting' &&
  !state.left &&
  separate !== true &&
  edit.group === undefined &&
  (edit.kind === 'create' || edit.kind === 'update') &&
  edit.seq === draft.meta().seq

/** As if it had never been recorded: a create has begun a client id of its own. */
const takeBack = (draft: Draft, { edit: { id, kind, table, record } }: Entry): void => {
  draft.removeEntry(id)
  const key = keyOf({ table, id: record })
  const authored = draft.authored.get(key)
  if (kind !== 'create' || authored === undefined) return
  draft.authored.set(key, authored.index === 0 ? undefined : { ...authored, index: authored.index - 1 })
}

/** A record begins without what was set and cleared again. */
const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

const isOnSameGround = (a: Edit, b: Edit): boolean =>
  a.base.rev === b.base.rev &&
  a.base.commit === b.base.commit &&
  a.incarnation === b.incarnation &&
  a.after === b.after &&
  (a.seen ?? []).join() === (b.seen ?? []).join()
