import { RejoinFault } from '../device/fault.ts'
import type { FormDraft } from '../drafts/form-draft.ts'
import { discard } from '../outbox/actions.ts'
import { draftId, isUnsent, isUntold, type Unsent } from '../outbox/unsent.ts'
import { dropPinned } from '../pins/pin.ts'
import type { Draft } from '../replica/draft.ts'
import { putRow } from '../replica/keys.ts'
import { keyOf, type Memory, type Meta, type Row, rowFrom } from '../replica/memory.ts'
import type { Pen } from '../replica/recording.ts'
import { shelves } from '../store/store.ts'

/**
 * CA4: records go, and what tells of other people's versions of them; unsent work stays with the bytes it stands on,
 * unless its author gave it up or has it in a file. What had left the device is withdrawn.
 * @throws RejoinFault `unsent` where the file lacks some
 */
export const clearCache = (draft: Draft, unsent: Unsent, pen: Pen): void => {
  if (unsent !== 'keep') {
    refuseUncovered(draft, unsent, [])
    for (let last = draft.entries().findLast(isUnsent); last !== undefined;) {
      discard(draft, last.edit.id, pen)
      last = draft.entries().findLast(isUnsent)
    }
  }
  dropPinned(draft)
  const { cursor: _, fresh: __, sealed: ___, ...meta } = draft.meta()
  draft.replaceMeta({ ...meta, ready: false })
  draft.also('', memory => {
    const kept = stoodOn(memory, draft)
    return {
      changes: [
        { clear: 'page' },
        { clear: 'overlay' },
        { clear: 'ledger' },
        { clear: 'pin', from: 'row:', to: 'row;' },
        { clear: 'meta', from: 'table:', to: 'table;' },
        ...kept.map(({ table, id, row }) => putRow(keyOf({ table, id }), row)),
      ],
      apply: ({ rows, staged, tables, ledger, pinned }) => {
        for (const map of [rows, staged, tables, ledger, pinned]) map.clear()
        for (const { table, id, row } of kept) rows.set(table, (rows.get(table) ?? new Map<string, Row>()).set(id, row))
      },
    }
  })
}

/** CA5, SE4: nothing is left. Whoever goes on here is another device: its counters begin anew. @throws RejoinFault `unsent` */
export const wipe = (draft: Draft, unsent: Unsent, pen: Pen): void => {
  refuseUncovered(draft, unsent, draft.drafts())
  refuseUntold(draft, unsent)
  draft.also('', () => ({
    changes: shelves.map(shelf => ({ clear: shelf })),
    apply: ({ rows, staged, entries, chains, authored, tables, ledger, settled, forms, pins, pinned }) => {
      const all = [rows, staged, entries, chains, authored, tables, ledger, settled, forms, pins, pinned]
      for (const map of all) map.clear()
    },
  }))
  draft.replaceMeta({
    device: pen.newId().replaceAll('-', '').slice(-16),
    seq: 0,
    left: 0,
    ids: 0,
    ready: false,
  } satisfies Meta)
}

const stoodOn = (
  { rows }: Memory,
  draft: Draft,
): readonly { readonly table: string; readonly id: string; readonly row: Row }[] =>
  [...rows].flatMap(([table, ofTable]) =>
    [...ofTable].flatMap(([id, row]) =>
      draft.chain(keyOf({ table, id })).length === 0
        ? []
        : [{ table, id, row: rowFrom(row.rev, 0, row.envelope, row.gone ?? 'left', row.kept) }],
    ),
  )

const refuseUncovered = (draft: Draft, unsent: Unsent, forms: readonly FormDraft[]): void => {
  if (unsent === 'discard') return
  const covered = new Set(unsent === 'keep' ? [] : unsent.exported)
  const actions = draft.entries().filter(entry => isUnsent(entry) && !covered.has(entry.edit.id)).length
  const drafts = forms.filter(({ name }) => !covered.has(draftId(name))).length
  if (actions + drafts === 0) return
  throw new RejoinFault({
    code: 'unsent',
    message: `${actions} unsent actions and ${drafts} drafts would be lost`,
    fix: 'send them, export them to a file, or confirm that they are to be discarded',
  })
}

/** Elsewhere nobody would hear the answer, and what was given up might take effect unseen (OB10). */
const refuseUntold = (draft: Draft, unsent: Unsent): void => {
  if (unsent === 'discard') return
  const covered = new Set(unsent === 'keep' ? [] : unsent.exported)
  const untold = draft.entries().filter(entry => isUntold(entry) && !covered.has(entry.edit.id)).length
  if (untold === 0) return
  throw new RejoinFault({
    code: 'unsent',
    message: `nobody would know any more whether ${untold} withdrawn actions took effect`,
    fix: 'connect and wait for the answer, export to a file that names them, or confirm that they are given up',
  })
}
