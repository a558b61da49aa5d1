import {
  checkUpdate,
  checkValue,
  type Commands,
  type Edit,
  type EditKind,
  type Fields,
  isRecordId,
  MAX_UPDATE_BYTES,
  parseFlat,
  type Person,
  type RecordState,
  type RejectionCode,
  type Rights,
  sameLife,
  type Schema,
  type Table,
  type Value,
} from '@rejoin/profile'
import type { Author, Judged } from './submission.ts'

/**
 * Whether an edit may be merged at all, before any conflict is looked at: who sends it, whether it is sound, whether
 * its author has the right, judged on `changes` and the record before. A refusal changes nothing.
 */
export type Refusal = Pick<Judged, 'answer' | 'suspicious'>

export interface Admission {
  readonly schema: Schema
  readonly rights: (person: Person) => Rights
  readonly commands: Commands
}

/** Whose edit it is and what it is about: asked first, whatever came before it. Such an edit leaves no trace. */
export const refuseSender = (schema: Schema, edit: Edit, { person, device }: Author): Refusal | undefined => {
  if (edit.author !== person.id || edit.device !== device)
    return suspicious('not-permitted', 'the edit is of another author')
  if (edit.id.length > MAX_ID || edit.id.includes('/')) return suspicious('invalid', 'no edit id')
  if (!isRecordId(edit.record)) return suspicious('invalid', 'no record id')
  // Honest: the table may have been there when the edit was made.
  return schema.tables.has(edit.table) ? undefined : rejected('invalid', 'there is no such table')
}

const MAX_ID = 64

/** @returns undefined where the edit is admitted */
export const refuse = (
  { schema, rights, commands }: Admission,
  edit: Edit,
  { person, prefixes }: Author,
  record: RecordState | undefined,
): Refusal | undefined => {
  const table = schema.tables.get(edit.table)!
  return refuseErased(
    record,
    table,
    rights(person),
    edit.kind,
    () =>
      refuseSize(table, edit) ??
      refuseCommand(commands, edit) ??
      refuseValues(table, edit) ??
      refuseRight(table, rights(person), edit.kind, edit.record, edit.changes, record) ??
      refuseBytes(edit, prefixes, record),
  )
}

/**
 * What a device still holds of an erased record, or a restored relay is told again, must not bring it back. Whom it was
 * open to nobody can tell any more: only who may read every record of the table is told that it was erased; for all
 * others it is not there, and whatever else there is to refuse is refused as of a record that never was.
 */
export const refuseErased = (
  record: RecordState | undefined,
  table: Table,
  rights: Rights,
  kind: EditKind,
  otherwise: () => Refusal | undefined,
): Refusal | undefined => {
  if (record?.state !== 'purged' || record.erased !== true) return otherwise()
  if (rights.depth(table.name, 'read') === 'all') return rejected('rule', 'the record was erased')
  return otherwise() ?? (kind === 'create' ? taken : missing)
}

const missing: Refusal = { answer: { status: 'rejected', code: 'not-found', message: 'Record not found' } }
const taken: Refusal = { answer: { status: 'rejected', code: 'exists', message: 'Record already exists' } }

/** More than one edit may weigh: said of its longest value, which is nearly always why. */
const refuseSize = (table: Table, edit: Edit): Refusal | undefined => {
  if (edit.update.length <= MAX_UPDATE_BYTES) return undefined
  const weight = (value: Value): number => (typeof value === 'string' ? value.length : 0)
  const [longest] = Object.entries(edit.changes).toSorted(([, [, a]], [, [, b]]) => weight(b) - weight(a))
  const message = `an edit holds at most ${MAX_UPDATE_BYTES / 1024} kB`
  return rejected('too-large', message, longest === undefined ? undefined : table.byId.get(longest[0])?.name)
}

/** A relay that does not know a command runs nothing in its place. */
const refuseCommand = (commands: Commands, { kind, table, command }: Edit): Refusal | undefined => {
  if ((kind === 'command') !== (command !== undefined)) return suspicious('invalid', 'a command names what it runs')
  return command === undefined || commands(table, command.name) !== undefined
    ? undefined
    : rejected('invalid', `the relay knows no command ${command.name} of ${table}`)
}

/** Values by column: known, of the right type, required ones present. */
const refuseValues = (table: Table, edit: Edit): Refusal | undefined => {
  for (const [id, [, after]] of Object.entries(edit.changes)) {
    const column = table.byId.get(id)
    if (column === undefined) return rejected('invalid', 'is not a column of the table', id)
    const wrong = checkValue(column, after)
    if (wrong !== undefined) return rejected('invalid', wrong, column.name)
    if (after === null && column.required === true) return rejected('invalid', 'is required', column.name)
  }
  if (edit.kind !== 'create') return undefined
  const lacking = table.columns.find(({ id, required }) => required === true && edit.changes[id] === undefined)
  return lacking === undefined ? undefined : rejected('invalid', 'is required', lacking.name)
}

/**
 * Rights on the record before, column rights on what the edit changes (SE2, SE5). Which columns a command sets is the
 * command's own affair: what its author says of them has no effect.
 */
export const refuseRight = (
  table: Table,
  rights: Rights,
  kind: EditKind,
  id: string,
  changes: Readonly<Record<string, readonly [Value, Value]>>,
  record: RecordState | undefined,
): Refusal | undefined => {
  const present = record?.state === 'held' ? record.content.fields : undefined
  // Who may not read a record learns no more of it than that it is not there.
  const hidden = kind !== 'create' && present !== undefined && !rights.reaches(table.name, 'read', present, id)
  if (hidden) return missing
  // Another's deleted record is not for taking: whoever could not have deleted or changed it meets it as existing.
  const another =
    kind === 'create' &&
    present !== undefined &&
    !rights.reaches(table.name, 'write', present, id) &&
    !rights.reaches(table.name, 'delete', present, id)
  if (another) return taken
  const right = kind === 'update' || kind === 'command' ? 'write' : kind
  const judgedOn = kind === 'create' ? afters(changes) : present
  if (judgedOn !== undefined && !rights.reaches(table.name, right, judgedOn, id)) {
    return rejected('not-permitted', `no right to ${right} this record`)
  }
  if (kind === 'command') return undefined
  const writable = rights.writable(table.name)
  const column = Object.keys(changes).find(id => !writable.has(id))
  return column === undefined
    ? undefined
    : rejected('not-permitted', 'no right to write this column', table.byId.get(column)?.name ?? column)
}

/** The gate (record/gate.ts); an edit of another life of the record is settled by its values, its bytes unread. */
const refuseBytes = (edit: Edit, prefixes: readonly number[], record: RecordState | undefined): Refusal | undefined => {
  if (!sameLife(record, edit)) return undefined
  const standing = record?.state === 'held' ? parseFlat(record.confirmed.bytes) : undefined
  const verdict = checkUpdate(edit, standing, prefixes)
  if (verdict.pass) return undefined
  return verdict.why === 'resync' ? { answer: { status: 'resync' } } : suspicious('invalid', verdict.message)
}

/** The image as its author may write it: a column he may not write stays as it stands. */
export const allowedImage = (edit: Edit, table: Table, rights: Rights): Edit => {
  if (edit.image === undefined) return edit
  const writable = rights.writable(table.name)
  const entries = Object.entries(edit.image)
  const allowed = entries.filter(([id, value]) => {
    const column = table.byId.get(id)
    if (column === undefined || !writable.has(id)) return false
    if (value === null && column.required === true) return false
    return checkValue(column, value) === undefined
  })
  return allowed.length === entries.length ? edit : { ...edit, image: Object.fromEntries(allowed) }
}

const afters = (changes: Readonly<Record<string, readonly [Value, Value]>>): Fields =>
  Object.fromEntries(Object.entries(changes).map(([column, [, after]]) => [column, after]))

export const rejected = (code: RejectionCode, message: string, column?: string): Refusal => ({
  answer: { status: 'rejected', code, message, ...(column === undefined ? {} : { column }) },
})

const suspicious = (code: RejectionCode, message: string): Refusal => ({ ...rejected(code, message), suspicious: true })
