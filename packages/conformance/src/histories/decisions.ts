import type { OutboxEntry } from '@rejoin/client'
import { pick } from '../simulator/chance.ts'
import { markOf } from './book.ts'
import type { Desk } from './desk.ts'
import type { Land } from './land.ts'
import type { Step } from './plan.ts'
import { tried } from './tried.ts'

/** What people decide about entries that were refused, that ask something, or that are not wanted any more. */
export const decide = async (land: Land, desk: Desk, { kind, r }: Step): Promise<void> => {
  const [a, b] = r
  const shown = desk.entries()
  const stuck = shown.filter(({ state, question }) => state === 'rejected' || question !== undefined)
  const from =
    kind === 'answer'
      ? stuck.filter(each => each.question !== undefined)
      : kind === 'discard' && b % 2 === 0
        ? shown
        : stuck
  switch (kind) {
    case 'discard':
      return from.length === 0 ? undefined : discard(land, desk, pick(from, a))
    case 'answer':
      if (from.length === 0) return undefined
      if (b % 2 === 0) return discard(land, desk, pick(from, a), 'theirs')
      return void (await tried(() => pick(from, a).resolve('mine')))
    case 'retry':
      return from.length === 0 ? undefined : void (await tried(() => pick(from, a).retry()))
    case 'correct':
      return correct(
        land,
        desk,
        from.filter(each => each.state === 'rejected'),
        r,
      )
    case 'undo':
      return undo(land, desk, shown, a)
    case 'restore':
      return restore(land, desk, a)
    default:
      return undefined
  }
}

const discard = async (land: Land, desk: Desk, entry: OutboxEntry, how?: 'theirs'): Promise<void> => {
  const before = desk.device.entries()
  const act = how === undefined ? () => entry.discard() : () => entry.resolve(how)
  if ((await tried(act)) !== undefined) return
  giveUp(desk, before, [entry])
  if (!land.faults.has('drops-successors')) return
  const next = desk.device.entries().find(each => each.record === entry.record)
  if (next !== undefined) await tried(() => next.discard())
}

/**
 * What goes with what its author gives up: the whole group, and with the create of a record that then is not there all
 * that was to follow on it.
 */
const giveUp = (desk: Desk, before: readonly OutboxEntry[], first: readonly OutboxEntry[]): void => {
  const given = new Set(first)
  for (const entry of given) {
    const isNowhere = entry.kind === 'create' && desk.device.row(entry.table, entry.record) === undefined
    for (const each of before) {
      const joins = entry.group !== undefined && each.group === entry.group
      const follows = isNowhere && each.table === entry.table && each.record === entry.record
      if (joins || follows) given.add(each)
    }
  }
  for (const entry of given) for (const save of desk.savesOf(entry)) save.choice = 'discarded'
}

/** Its text is replaced by another one: what was written with the old one its author takes back. */
const correct = async (land: Land, desk: Desk, from: readonly OutboxEntry[], [a, b]: Step['r']): Promise<void> => {
  const { book, rig } = land
  const able = from.filter(entry => desk.savesOf(entry).some(({ column }) => column === 'title' || column === 'note'))
  if (able.length === 0) return
  const entry = pick(able, a)
  const old = pick(
    desk.savesOf(entry).filter(({ column }) => column === 'title' || column === 'note'),
    b,
  )
  const { table, record, column, kind } = old
  const made = book.write({
    ...{ desk: desk.index, kind, table, record, since: rig.applied().length },
    ...(column === undefined ? {} : { column }),
  })
  if ((await tried(() => entry.resolve({ [column!]: `OK ${markOf(made.nr)}` }))) !== undefined) {
    made.choice = 'refused'
    return
  }
  made.promised = true
  for (const save of desk.savesOf(entry)) if (save.column === column) save.choice = 'corrected'
}

const undo = async (land: Land, desk: Desk, shown: readonly OutboxEntry[], a: number): Promise<void> => {
  if (shown.length === 0) return
  const { table, record } = pick(shown, a)
  const before = desk.device.entries()
  // What was accepted is not unsent any more.
  const own = before.filter(each => each.table === table && each.record === record && each.state !== 'accepted')
  if ((await tried(() => desk.device.rejoin.table(table).undo(record))) === undefined) giveUp(desk, before, own)
}

const restore = async (land: Land, desk: Desk, a: number): Promise<void> => {
  const lost = desk.device.rejoin.ledger.current.filter(({ status }) => status === 'lost')
  if (lost.length === 0) return
  const note = pick(lost, a)
  if ((await tried(() => note.restore())) !== undefined) return
  for (const save of land.book.by(note.edit)) save.restored = true
}
