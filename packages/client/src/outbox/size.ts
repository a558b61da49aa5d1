import {
  type Edit,
  encodeUp,
  type Fields,
  guidOf,
  MAX_FRAME_BYTES,
  MAX_RECORD_BYTES,
  MAX_UPDATE_BYTES,
  recordWrites,
  type Table,
  type Value,
} from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import { schemaOf } from '../replica/grant.ts'

/**
 * What a relay takes of one edit, of one group and of one record. An edit carries its values up to four times (before,
 * after, update, image): one that is within every other limit may still weigh more than a frame, and a frame that is
 * too large ends the session, again and again. What cannot go is refused where it is made (LW5), or where it is to be
 * sent if it grew by being recorded again.
 */

/** What one push may weigh: a frame, with something to spare. */
export const MAX_PUSH_BYTES: number = MAX_FRAME_BYTES - 4 * 1024

export interface TooLarge {
  readonly message: string
  /** the id of the one changed column without which it would not be too large */
  readonly column?: string
}

/** What these edits together weigh in a frame, at most; to the byte where that may be too much. */
export const weightOf = (edits: readonly Edit[]): number => {
  const cheap = edits.reduce((sum, edit) => sum + bound(edit), 0)
  return cheap <= MAX_PUSH_BYTES / 2 ? cheap : encodeUp({ type: 'push', edits }).length
}

/** Encoding costs as much as recording does: nearly every edit is so small that this will do. */
const bound = ({ changes, image, update, seen, command }: Edit): number => {
  let sum = 1024 + update.length + 64 * (seen?.length ?? 0)
  for (const [id, [before, after]] of Object.entries(changes)) sum += 3 * id.length + atMost(before) + atMost(after)
  if (image !== undefined) for (const [id, value] of Object.entries(image)) sum += 3 * id.length + atMost(value)
  for (const [name, value] of Object.entries(command?.args ?? {})) sum += 3 * name.length + atMost(value)
  return sum
}

export const tooLarge = (edit: Edit): TooLarge | undefined => {
  const excess = edit.update.length - MAX_UPDATE_BYTES
  if (excess > 0) return found(`an edit holds at most ${kB(MAX_UPDATE_BYTES)}`, blamed(edit, excess, bytesOf))
  const over = weightOf([edit]) - MAX_PUSH_BYTES
  if (over <= 0) return undefined
  const message = `an edit, with the record it is made on, weighs at most ${kB(MAX_PUSH_BYTES)} to be sent`
  const copies = edit.image === undefined ? 2 : 3
  return found(
    message,
    blamed(edit, over, (after, before) => copies * bytesOf(after) + bytesOf(before)),
  )
}

/** @param edits one group */
export const groupTooLarge = (edits: readonly Edit[]): TooLarge | undefined =>
  weightOf(edits) <= MAX_PUSH_BYTES
    ? undefined
    : found(`a group as a whole, with the records it is made on, weighs at most ${kB(MAX_PUSH_BYTES)} to be sent`)

/** @param fields the record after the edit, as far as this device knows it */
export const recordTooLarge = (edit: Edit, fields: Fields): TooLarge | undefined => {
  if (Object.values(fields).reduce<number>((sum, value) => sum + atMost(value), 0) <= MAX_RECORD_BYTES) return undefined
  const excess = recordWrites(guidOf(edit.table, edit.record), [], 0, fields).work.length - MAX_RECORD_BYTES
  return excess <= 0
    ? undefined
    : found(`a record holds at most ${kB(MAX_RECORD_BYTES)}`, blamed(edit, excess, bytesOf))
}

/** @throws RejoinFault `too-large`: for a new edit, before anything of it is stored */
export const refuseTooLarge = (draft: Draft, edit: Edit, fields: Fields = {}): void => {
  const why = tooLarge(edit) ?? recordTooLarge(edit, fields)
  if (why === undefined) return
  const { grant } = draft.meta()
  const table = grant === undefined ? undefined : schemaOf(grant).tables.get(edit.table)
  const column = columnName(table, why)
  throw new RejoinFault({
    code: 'too-large',
    message: why.message,
    fix: 'shorten its values, or change fewer columns at a time',
    table: edit.table,
    record: edit.record,
    ...(column === undefined ? {} : { column }),
  })
}

export const columnName = (table: Table | undefined, { column }: TooLarge): string | undefined =>
  column === undefined ? undefined : (table?.byId.get(column)?.name ?? column)

const found = (message: string, column?: string): TooLarge => (column === undefined ? { message } : { message, column })

/** Where more than one could be shortened, or none alone would do, nothing is to blame but all together. */
const blamed = (
  { changes }: Edit,
  excess: number,
  share: (after: Value, before: Value) => number,
): string | undefined => {
  const enough = Object.entries(changes).filter(([, [before, after]]) => share(after, before) >= excess)
  return enough.length === 1 ? enough[0]![0] : undefined
}

const bytesOf = (value: Value): number =>
  typeof value === 'string' ? new TextEncoder().encode(value).length : atMost(value)

/** cheap, and never less than it is: a UTF-16 unit is at most three bytes, and an item says where it belongs */
const atMost = (value: Value): number =>
  32 +
  (typeof value === 'string'
    ? 3 * value.length
    : Array.isArray(value)
      ? 3 * value.join('').length + 16 * value.length
      : 0)

const kB = (bytes: number): string => `${bytes / 1024} kB`
