import { checkArgs, checkRow, type Edit, type Fields, type GoneReason, type Schema, type Table } from '@rejoin/profile'
import { refusedBy, RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import { goneIn } from '../replica/gone-columns.ts'
import { imageColumns, schemaOf } from '../replica/grant.ts'
import { decode, keyOf, type RecordKey } from '../replica/memory.ts'
import { aftersOf, reauthorAll } from '../replica/reauthor.ts'
import { grantIn, type Pen, recordEdit, takeFreshId, viewIn } from '../replica/recording.ts'
import { forgetGone } from '../replica/rows.ts'
import { isLive } from '../replica/view.ts'
import { orphan } from './orphans.ts'
import { type Entry, isStuck, next } from './outbox-state.ts'
import { alsoMine, askedWith, questionIn, seenAfter } from './question.ts'
import { refuseTooLarge } from './size.ts'

/** What a user does with an entry. An action on a member of a group is one on the whole group (OB13). */

/** OB10: nothing is sent for it any more; what had left the device is withdrawn. */
export const discard = (draft: Draft, id: string, pen: Pen): void => {
  const members = givenUpWith(draft, entryIn(draft, id))
  if (members.some(({ state }) => state.status === 'accepted')) throw tooLate()
  const behind = new Map<string, number>()
  const givenUp: Entry[] = []
  for (const entry of members) {
    if (entry.state.status === 'withdrawing') continue
    const state = next(entry.state, { type: 'discarded' })
    if (typeof state === 'string') draft.removeEntry(entry.edit.id)
    else draft.putEntry({ ...entry, state })
    // While it is unknown whether the relay has it, what is behind it or refers to it waits for the answer.
    if (typeof state === 'string' || (state.status === 'withdrawing' && state.closing)) {
      mark(behind, entry)
      givenUp.push(entry)
    } else takeFreshId(draft, keyIn(entry))
  }
  reauthorAll(draft, behind, pen)
  for (const entry of givenUp) orphan(draft, entry)
  for (const key of behind.keys()) forgetGone(draft, key)
}

/** LW11: all unsent work on a record, the latest first: a create disappears, an update reverts, a delete returns. */
export const undo = (draft: Draft, { table, id }: RecordKey, pen: Pen): void => {
  const latest = (): Entry | undefined =>
    draft
      .chain(keyOf({ table, id }))
      .findLast(({ state: { status } }) => status !== 'accepted' && status !== 'withdrawing')
  if (latest() === undefined) {
    const message = 'there is no unsent work on this record'
    throw new RejoinFault({ code: 'settled', message, table, record: id })
  }
  for (let last = latest(); last !== undefined; last = latest()) discard(draft, last.edit.id, pen)
}

/** The whole group; and with the create of a record that is nowhere else, all that was to follow on it. */
const givenUpWith = (draft: Draft, entry: Entry): readonly Entry[] => {
  const given = new Set<Entry>([entry])
  for (const each of given) {
    for (const member of groupOf(draft, each)) given.add(member)
    const row = draft.rows.get(keyIn(each))
    if (each.edit.kind !== 'create' || (row !== undefined && decode(row) !== undefined)) continue
    for (const follower of draft.chain(keyIn(each))) if (follower.edit.seq > each.edit.seq) given.add(follower)
  }
  return [...given]
}

/** OB8, OB9: again, with the same values or corrected ones (by column id). @throws RejoinFault where it is settled */
export const retry = (
  draft: Draft,
  id: string,
  correction: Fields,
  pen: Pen,
  corrections: ReadonlyMap<string, Fields> = new Map([[id, correction]]),
): void => {
  const entry = entryIn(draft, id)
  refuseUnseen(draft, entry)
  const members = groupOf(draft, entry)
  if (members.some(({ state }) => state.status === 'accepted' || state.status === 'withdrawing')) throw tooLate()
  // What nothing stops goes by itself; what the relay may have taken already would take effect twice.
  if (!members.some(({ state }) => isStuck(state))) {
    if ([...corrections.values()].every(fields => Object.keys(fields).length === 0)) return
    if (members.some(({ state }) => state.status === 'sent' || (state.status === 'waiting' && state.left)))
      throw onItsWay(entry)
  }
  const records = new Map<string, number>()
  for (const member of members) mark(records, member)
  reauthorAll(draft, records, pen, new Map([...members.map(({ edit }) => [edit.id, {}] as const), ...corrections]))
}

/** OB9: with corrected values by column name, a command with corrected arguments, or the answer to its question. */
export const resolve = (
  draft: Draft,
  id: string,
  answer: 'mine' | 'theirs' | Readonly<Record<string, unknown>>,
  pen: Pen,
): void => {
  const entry = entryIn(draft, id)
  if (questionIn(entry) !== undefined) return answerQuestion(draft, entry, answer, pen)
  if (answer === 'theirs') return discard(draft, id, pen)
  if (answer === 'mine') return retry(draft, id, {}, pen)
  const { edit } = entry
  retry(draft, id, correct(draft, edit, answer), pen)
  const again = draft.entries().find(({ edit: { amends } }) => amends === id || (amends && amends === edit.amends))
  if (again !== undefined) refuseTooLarge(draft, again.edit)
}

/** One answer for all that is asked about together. */
const answerQuestion = (
  draft: Draft,
  entry: Entry,
  answer: 'mine' | 'theirs' | Readonly<Record<string, unknown>>,
  pen: Pen,
): void => {
  const { table: name, record: id } = entry.edit
  const asked = askedWith(draft, keyIn(entry), entry)
  if (answer === 'theirs') return giveUp(draft, asked, pen)
  const table = schemaIn(draft).tables.get(name)!
  const values = answer === 'mine' ? undefined : checkedValues(table, entry.edit, answer)
  const mine = seenAfter(asked)
  const question = questionIn(entry)!
  if (question.theirsDeleted && isHereNoMore(draft, entry) === 'deleted') {
    giveUp(draft, asked, pen)
    if (answer === 'mine' && mine.deleted) return
    const fields = writableOf(draft, table, { ...mine.fields, ...values })
    const create = { kind: 'create', table: name, id, fields, amends: entry.edit.id } as const
    return refuseTooLarge(draft, recordEdit(draft, create, pen))
  }
  refuseUnseen(draft, entry)
  if (mine.deleted && values !== undefined) {
    giveUp(draft, asked, pen)
    return refuseTooLarge(draft, recordEdit(draft, { kind: 'update', table: name, id, fields: values }, pen))
  }
  const more = values ?? alsoMine(draft, asked, table, question)
  // What is about a record that was given up is not answered with it.
  const last = asked.findLast(
    ({ edit: { kind }, state: { status } }) => (kind === 'update' || kind === 'create') && status !== 'orphaned',
  )
  retry(draft, entry.edit.id, {}, pen, last === undefined ? undefined : new Map([[last.edit.id, more]]))
  const again = draft.chain(keyIn(entry)).at(-1)
  if (again !== undefined) refuseTooLarge(draft, again.edit)
}

/** The latest first, so that nothing is recorded again only to be given up. */
const giveUp = (draft: Draft, entries: readonly Entry[], pen: Pen): void => {
  for (const { edit } of entries.toReversed()) {
    const status = draft.entry(edit.id)?.state.status
    if (status !== undefined && status !== 'withdrawing') discard(draft, edit.id, pen)
  }
}

const checkedValues = (table: Table, { record }: Edit, values: Readonly<Record<string, unknown>>): Fields => {
  const checked = checkRow(table, values, { create: false })
  if (checked.ok) return checked.value
  throw refusedBy(checked.faults[0]!, table.name, record)
}

const correct = (draft: Draft, edit: Edit, values: Readonly<Record<string, unknown>>): Fields => {
  const call = edit.command
  const command = call === undefined ? undefined : draft.commands(edit.table, call.name)
  if (call !== undefined && command !== undefined) {
    const args = checkArgs(command, { ...call.args, ...values })
    if (args.ok) return args.value
    throw refusedBy(args.faults[0]!, edit.table, edit.record)
  }
  return checkedValues(tableIn(draft, edit), edit, values)
}

const tableIn = (draft: Draft, { table: name, record }: Pick<Edit, 'table' | 'record'>): Table => {
  const table = schemaIn(draft).tables.get(name)
  if (table !== undefined) return table
  const message = `there is no table ${name} any more`
  throw new RejoinFault({ code: 'unknown-table', message, table: name, record })
}

/** The author's values of a conflict again, as a new edit on the record as it is now. */
export const restore = (draft: Draft, conflict: string, pen: Pen): void => {
  const found = draft.ledger.get(conflict)
  if (found === undefined) throw tooLate()
  const { table, record: id, changes } = found
  const key = keyOf({ table, id })
  if (!isLive(viewIn(draft, key))) {
    const isDeleted = draft.rows.get(key)?.gone === 'deleted'
    if (isDeleted && found.kind === 'delete') return
    if (!isDeleted) throw new RejoinFault({ code: 'not-found', message: 'Record not found', table, record: id })
    const definition = tableIn(draft, found)
    const fields = writableOf(draft, definition, found.mine.fields)
    if (Object.keys(fields).length === 0) {
      refuseGone(draft, found, found.mine.fields)
      throw new RejoinFault({ code: 'settled', message: 'nothing is left of it', table, record: id })
    }
    const named = Object.entries(fields).map(([column, value]) => [definition.byId.get(column)!.name, value])
    const checked = checkRow(definition, Object.fromEntries(named) as Fields, { create: true })
    if (!checked.ok) throw refusedBy(checked.faults[0]!, table, id)
    return refuseTooLarge(draft, recordEdit(draft, { kind: 'create', table, id, fields }, pen))
  }
  const kind = found.kind === 'delete' ? 'delete' : 'update'
  const fields = kind === 'delete' ? {} : aftersOf(changes)
  refuseGone(draft, found, fields)
  // A command whose offline step showed nothing wrote no values that could come back.
  if (kind === 'update' && Object.keys(fields).length === 0) return
  refuseTooLarge(draft, recordEdit(draft, { kind, table, id, fields }, pen))
}

const refuseGone = (draft: Draft, { table, record }: Pick<Edit, 'table' | 'record'>, fields: Fields): void => {
  const [column] = goneIn(draft, table, Object.keys(fields))
  if (column === undefined) return
  throw new RejoinFault({ code: 'unknown-column', message: `the column ${column} is no more`, table, record, column })
}

/** Of a record as its author had it, what he may write where it is created again. */
const writableOf = (draft: Draft, table: Table, fields: Fields): Fields => {
  const columns = imageColumns(grantIn(draft), table)
  return Object.fromEntries(Object.entries(fields).filter(([id, value]) => value !== null && columns.includes(id)))
}

/** From which edit on a record's entries are recorded again. */
const mark = (records: Map<string, number>, entry: Entry): void => {
  const key = keyIn(entry)
  records.set(key, Math.min(entry.edit.seq, records.get(key) ?? entry.edit.seq))
}

export const entryIn = (draft: Draft, id: string): Entry => {
  const entry = draft.entry(id)
  if (entry === undefined) throw tooLate()
  return entry
}

const schemaIn = (draft: Draft): Schema => {
  const { grant } = draft.meta()
  if (grant === undefined) throw new RejoinFault({ code: 'not-ready', message: 'nothing has been granted yet' })
  return schemaOf(grant)
}

const groupOf = (draft: Draft, entry: Entry): readonly Entry[] => {
  const { group } = entry.edit
  return group === undefined ? [entry] : draft.entries().filter(({ edit }) => edit.group === group)
}

const keyIn = ({ edit }: Entry): string => keyOf({ table: edit.table, id: edit.record })

/**
 * An answer counts once its author holds the other side. Of a record that left this device, or was deleted, he never
 * will: it would be asked again for ever.
 */
const refuseUnseen = (draft: Draft, entry: Entry): void => {
  const { table, record } = entry.edit
  const gone = isHereNoMore(draft, entry)
  if (gone === undefined) return
  const place = { table, record }
  throw gone === 'deleted'
    ? new RejoinFault({
        code: 'not-found',
        message: 'this record was deleted meanwhile',
        fix: "answer 'theirs', and create it again where it is still needed",
        ...place,
      })
    : new RejoinFault({
        code: 'not-found',
        message: 'this record was changed meanwhile and is not on this device any more',
        fix: "answer 'theirs', or have somebody change it who still holds it",
        ...place,
      })
}

const onItsWay = ({ edit: { table, record } }: Entry): RejoinFault =>
  new RejoinFault({
    code: 'settled',
    message: 'this entry may have been sent already',
    fix: 'wait for its answer, or delete it and do it again',
    table,
    record,
  })

const isHereNoMore = (draft: Draft, entry: Entry): GoneReason | undefined => {
  const question = questionIn(entry)
  const row = draft.rows.get(keyIn(entry))
  return question === undefined || row?.gone === undefined || row.rev >= question.rev ? undefined : row.gone
}

const tooLate = (): RejoinFault =>
  new RejoinFault({
    code: 'settled',
    message: 'this entry has left the outbox',
    fix: 'look at the record as it is now',
  })
