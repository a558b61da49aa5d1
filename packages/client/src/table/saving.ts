import {
  checkArgs,
  checkRow,
  type CommandCall,
  type Content,
  type Edit,
  type Fields,
  isRecordId,
  type Table,
} from '@rejoin/profile'
import { refusedBy, RejoinFault, type RejoinFaultCode } from '../device/fault.ts'
import { recordInto } from '../outbox/consolidating.ts'
import { adopt } from '../outbox/orphans.ts'
import { groupTooLarge, refuseTooLarge } from '../outbox/size.ts'
import type { Draft } from '../replica/draft.ts'
import { schemaOf } from '../replica/grant.ts'
import { keyOf } from '../replica/memory.ts'
import { grantIn, type Intent, offlineStep, type Pen, reallyChanged, recordEdit, viewIn } from '../replica/recording.ts'
import { fieldsOf, isLive } from '../replica/view.ts'

/** What a user wants, by column name, and the refusals that need no relay (LW5): nothing is saved then. */
export type Wish = (
  | ({ readonly kind: 'create'; readonly table: string; readonly id: string; readonly values: Values } & SaveOptions)
  | ({ readonly kind: 'update'; readonly table: string; readonly id: string; readonly values: Values } & SaveOptions)
  | { readonly kind: 'delete'; readonly table: string; readonly id: string }
  | {
      readonly kind: 'command'
      readonly table: string
      readonly id: string
      readonly name: string
      readonly args: Values
    }
) & {
  /** the edit of another store that this one replaces everywhere */
  readonly amends?: string
}

export type Values = Readonly<Record<string, unknown>>

/** How one save differs from others. */
export interface SaveOptions {
  /** false: its entry in the outbox is never one with another, whatever the device is set to (OB12) */
  readonly mergeable?: boolean
}

/** @returns undefined where the wish changes nothing; @throws RejoinFault */
export const save = (draft: Draft, wish: Wish, pen: Pen, group?: string): Edit | undefined => {
  const table = tableIn(draft, wish.table)
  const { kind, id } = wish
  const place = { table: table.name, record: id }
  if (kind !== 'create' && draft.meta().sealed === true && draft.rows.get(keyOf(wish)) !== undefined)
    throw expired(place)
  const seen = viewIn(draft, keyOf(wish))
  if (kind === 'create') {
    if (!isRecordId(id)) {
      const message = 'a record id is 1 to 64 of letters, digits and . _ : -'
      throw new RejoinFault({ code: 'invalid', message, table: table.name, column: table.primaryKey })
    }
    if (isLive(seen)) {
      throw new RejoinFault({ code: 'exists', message: 'Record already exists', ...place, column: table.primaryKey })
    }
  } else if (!isLive(seen) && draft.pinned.get(keyOf(wish)) !== undefined) {
    const message = 'this record is not part of what this device works on: it was added to be read'
    throw new RejoinFault({ code: 'pinned', message, fix: 'change it online', ...place })
  } else if (!isLive(seen)) {
    throw new RejoinFault({ code: 'not-found', message: 'Record not found', ...place })
  }
  if (
    kind !== 'create' &&
    draft.rows.get(keyOf(wish))?.envelope === undefined &&
    draft.chain(keyOf(wish)).length === 0
  ) {
    // Another device's create, seen through a peer: there is nothing of one's own, or confirmed, to record upon.
    const message = 'this record is new on another device and not confirmed yet'
    throw new RejoinFault({ code: 'not-found', message, fix: 'wait until the relay has confirmed it', ...place })
  }
  const at = pen.now()
  const run = wish.kind === 'command' ? ran(draft, wish, seen, at) : undefined
  const fields = run?.fields ?? ('values' in wish ? checked(table, wish.values, id, kind === 'create') : {})
  if (kind === 'create' && Object.keys(fields).length === 0) {
    throw new RejoinFault({ code: 'invalid', message: 'a record needs at least one value', ...place })
  }
  const changed = kind === 'update' || kind === 'command' ? reallyChanged(seen, fields) : fields
  if (kind === 'update' && Object.keys(changed).length === 0) return undefined
  const intent: Intent = {
    kind,
    table: table.name,
    id,
    fields: changed,
    at,
    ...(run === undefined ? {} : { command: run.command }),
    ...(group === undefined ? {} : { group }),
    ...(wish.amends === undefined ? {} : { amends: wish.amends }),
    ...('mergeable' in wish && wish.mergeable === false ? { separate: true } : {}),
  }
  const edit = recordInto(draft, intent, pen) ?? recordEdit(draft, intent, pen)
  if (kind === 'create') adopt(draft, key => key === keyOf(wish), pen)
  refuseTooLarge(draft, edit, kind === 'delete' ? {} : { ...fieldsOf(isLive(seen) ? seen : undefined), ...changed })
  return edit
}

/** All of them or none. */
export const saveTogether = (draft: Draft, wishes: readonly Wish[], group: string, pen: Pen): void => {
  const why = groupTooLarge(wishes.flatMap(wish => save(draft, wish, pen, group) ?? []))
  if (why === undefined) return
  throw new RejoinFault({ code: 'too-large', message: why.message, fix: 'make it smaller groups' })
}

const expired = (place: { readonly table: string; readonly record: string }): RejoinFault =>
  new RejoinFault({
    code: 'expired',
    message: 'the offline data of this device has expired',
    fix: 'go online and let it synchronise; unsent work is kept',
    ...place,
  })

const checked = (table: Table, values: Values, id: string, create: boolean): Fields => {
  const row = checkRow(table, values, { create })
  if (row.ok) return row.value
  throw refusedBy(row.faults[0]!, table.name, id)
}

/** What a command shows at once. What it refuses here is not saved: the relay would refuse it too, or be asked in vain. */
const ran = (
  draft: Draft,
  { table, id, name, args }: Extract<Wish, { kind: 'command' }>,
  seen: Content | undefined,
  at: number,
): { readonly command: CommandCall; readonly fields: Fields } => {
  const place = { table, record: id }
  const command = draft.commands(table, name)
  if (command === undefined) {
    throw new RejoinFault({
      code: 'unknown-command',
      message: `there is no command ${name} of ${table}`,
      fix: 'give it to openRejoin, and to the relay',
      ...place,
    })
  }
  const given = checkArgs(command, args)
  if (!given.ok) throw refusedBy(given.faults[0]!, table, id)
  const call = { name, args: given.value }
  const author = grantIn(draft).user.id
  const handled = offlineStep(draft, call, { table, record: id, author, at })!(seen!)
  if ('set' in handled) return { command: call, fields: handled.set }
  if ('thrown' in handled) throw handled.thrown
  const { code, message, column, rule } = handled.refused
  throw new RejoinFault({
    code: code as RejoinFaultCode,
    message,
    ...(column === undefined ? {} : { column }),
    ...(rule === undefined ? {} : { rule }),
    ...place,
  })
}

const tableIn = (draft: Draft, name: string): Table => {
  const table = schemaOf(grantIn(draft)).tables.get(name)
  if (table !== undefined) return table
  throw new RejoinFault({ code: 'unknown-table', message: `there is no table ${name}`, table: name })
}

export { tableIn as tableNamed }
