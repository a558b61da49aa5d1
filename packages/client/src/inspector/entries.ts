import type { PlainRow, Value } from '@rejoin/profile'
import type { Entry } from '../outbox/outbox-state.ts'
import { schemaOf } from '../replica/grant.ts'
import type { Reading } from '../replica/replica.ts'
import type { EntryInspection } from './inspection.ts'

/** How a value is shown. */
export type Show = (value: Value) => Value

export const plainly: Show = value => value
export const masked: Show = value => (value === null ? null : '•••')

export const showRow = (row: PlainRow, show: Show, plain: string): PlainRow =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, column === plain ? value : show(value)]))

export const inspectEntry = ({ grant }: Reading, { edit, state }: Entry, show: Show): EntryInspection => {
  const { id, seq, table, record, kind, command, author, at, tick, base, after, group, amends, update } = edit
  const known = grant === undefined ? undefined : schemaOf(grant).tables.get(table)
  const detail =
    state.status === 'rejected'
      ? state.code
      : state.status === 'held'
        ? state.by
        : state.status === 'orphaned'
          ? state.of
          : undefined
  return {
    id,
    seq,
    table,
    record,
    kind,
    ...(command === undefined ? {} : { command: command.name }),
    author,
    at,
    tick,
    base: base.rev,
    ...(after === undefined ? {} : { after }),
    ...(group === undefined ? {} : { group }),
    ...(amends === undefined ? {} : { amends }),
    bytes: update.length,
    state: state.status,
    ...(detail === undefined ? {} : { detail }),
    changes: Object.fromEntries(
      Object.entries(edit.changes).map(([column, [from, to]]) => [
        known?.byId.get(column)?.name ?? column,
        [show(from), show(to)],
      ]),
    ),
  }
}
