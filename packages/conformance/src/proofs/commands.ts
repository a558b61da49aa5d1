import { type Command, defineCommand } from '@rejoin/profile'

/** What people of the small field service do to a work order by name, on devices and relay alike. */

/** Ends the work. What the relay alone may set, its time of the office among it, no device shows. */
export const complete = defineCommand({
  table: 'workorder',
  name: 'complete',
  args: [{ name: 'note', type: 'text', required: true }],
  offline: (row, { note }) =>
    row['status'] === 'done'
      ? { refuse: 'done', message: 'the work is done already', column: 'status' }
      : { set: { status: 'done', note } },
  run: (row, { note }) =>
    row['status'] === 'done' || row['status'] === 'closed'
      ? { refuse: String(row['status']), message: `the work is ${row['status']} already`, column: 'status' }
      : { set: { status: 'done', note, remark: 'to be billed' } },
})

/** Counts, so that it shows how often it ran. */
export const raise = defineCommand({
  table: 'workorder',
  name: 'raise',
  args: [{ name: 'by', type: 'integer', required: true }],
  run: (row, { by }) =>
    by > 100
      ? { refuse: 'too-much', message: 'nothing is that urgent' }
      : { set: { priority: Number(row['priority'] ?? 0) + by } },
})

/** Counts one, out of its author's sight: no clock of a document would tell a second time from the first. */
export const ring = defineCommand({
  table: 'workorder',
  name: 'ring',
  offline: () => ({ set: {} }),
  run: row => ({ set: { priority: Number(row['priority'] ?? 0) + 1 } }),
})

export const commands: readonly Command[] = [complete, raise, ring]
