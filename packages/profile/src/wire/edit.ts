import type { Edit } from '../edit/edit.ts'
import type { Outcome } from '../edit/outcome.ts'
import { blob, dictionary, flag, hex, list, optional, type Shape, struct, text, uint, union, value, word } from './shape.ts'

/** An edit and what becomes of it, as both directions carry them. */

export const positionShape: Shape<{ readonly rev: number; readonly commit: string }> = struct({ rev: uint, commit: hex })

const fields = dictionary(value)
const change = struct({ before: value, after: value })

const plainEdit = struct({
  id: text,
  author: text,
  device: hex,
  seq: uint,
  tick: uint,
  at: uint,
  table: text,
  record: text,
  kind: word(['create', 'update', 'delete']),
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

export const editShape: Shape<Edit> = {
  text: plainEdit.text,
  least: plainEdit.least,
  write: (encoder, edit) => {
    const changes = Object.fromEntries(
      Object.entries(edit.changes).map(([column, [before, after]]) => [column, { before, after }]),
    )
    plainEdit.write(encoder, { ...edit, changes })
  },
  read: (reader) => {
    const { changes, ...edit } = plainEdit.read(reader)
    const pairs = Object.entries(changes).map(([column, { before, after }]) => [column, [before, after]] as const)
    return { ...edit, changes: Object.fromEntries(pairs) }
  },
}

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

export const answerShape: Shape<Answer> = union('status', {
  applied: struct({ rev: uint, conflict: optional(text) }),
  lost: struct({ rev: uint, to: uint, conflict: text }),
  rejected: struct({
    code: word(['not-found', 'exists', 'refused', 'not-permitted', 'invalid', 'too-large', 'group', 'other']),
    message: text,
    column: optional(text),
  }),
  held: struct({ by: text, question: optional(struct({ theirs: fields, theirsDeleted: flag, rev: uint })) }),
  withdrawn: struct({}),
  wait: struct({}),
  resync: struct({}),
})

export const answeredShape: Shape<Answered> = struct({ edit: text, answer: answerShape })
