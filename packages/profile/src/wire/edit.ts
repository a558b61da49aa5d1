import type { Edit } from '../edit/edit.ts'
import type { ChangedBy, Outcome } from '../edit/outcome.ts'
import type { Value } from '../schema/schema.ts'
import {
  blob,
  dictionary,
  flag,
  hex,
  list,
  optional,
  type Shape,
  struct,
  text,
  uint,
  union,
  value,
  word,
} from './shape.ts'

/** An edit and what becomes of it, as both directions carry them. */

export const positionShape: Shape<{ readonly rev: number; readonly commit: string }> = struct({
  rev: uint,
  commit: hex,
})

const fields = dictionary(value)
/** written as a struct of both would be */
const change: Shape<readonly [before: Value, after: Value]> = {
  text: '(before:value after:value)',
  least: 2,
  write: (encoder, [before, after]) => {
    value.write(encoder, before)
    value.write(encoder, after)
  },
  read: reader => [value.read(reader), value.read(reader)],
}

export const editShape: Shape<Edit> = struct({
  id: text,
  author: text,
  device: hex,
  seq: uint,
  tick: uint,
  at: uint,
  table: text,
  record: text,
  kind: word(['create', 'update', 'delete', 'command']),
  command: optional(struct({ name: text, args: fields })),
  base: positionShape,
  incarnation: hex,
  after: optional(text),
  seen: optional(list(text, 100)),
  changes: dictionary(change),
  update: blob,
  image: optional(fields),
  group: optional(text),
  amends: optional(text),
})

/** What the relay says of one edit. `wait` and `resync` are no outcomes: nothing is recorded, the device acts. */
export type Answer =
  | Outcome
  /** the edit it was made on top of is not known here: send again in order */
  | { readonly status: 'wait' }
  /** its clocks do not fit the record: record it again on the confirmed state */
  | { readonly status: 'resync' }

export interface Answered {
  readonly edit: string
  readonly answer: Answer
}

const changedBy: Shape<ChangedBy> = struct({
  edit: text,
  device: hex,
  author: optional(struct({ id: text, name: text })),
  at: optional(uint),
  columns: list(text, 1_000),
})

export const answerShape: Shape<Answer> = union('status', {
  applied: struct({ rev: uint, conflict: optional(text), by: optional(list(changedBy, 100)) }),
  lost: struct({ rev: uint, to: uint, conflict: text, by: optional(list(changedBy, 100)) }),
  rejected: struct({
    code: word(['conflict', 'not-found', 'exists', 'rule', 'not-permitted', 'invalid', 'too-large', 'group', 'other']),
    message: text,
    column: optional(text),
    rule: optional(text),
  }),
  held: struct({
    by: text,
    question: optional(struct({ theirs: fields, theirsDeleted: flag, rev: uint, by: optional(list(changedBy, 100)) })),
  }),
  withdrawn: struct({}),
  wait: struct({}),
  resync: struct({}),
})

export const answeredShape: Shape<Answered> = struct({ edit: text, answer: answerShape })
