import { type Command, defineCommand } from '@rejoin/profile'

/** The named actions of every world, on devices and relay alike. What they come to, the oracle says by hand (oracle/handled.ts). */

/** Counts for all devices in one column: applied twice, or never, it shows. */
const add = defineCommand({
  table: 'tally',
  name: 'add',
  args: [{ name: 'times', type: 'integer', required: true }],
  run: (row, { times }) => ({ set: { sum: Number(row['sum'] ?? 0) + times } }),
})

/** Shows a title at once; what else it does, and that it may refuse, is known to the relay alone. */
const work = defineCommand({
  table: 'task',
  name: 'work',
  args: [{ name: 'title', type: 'string' }],
  offline: (_row, { title }) => ({ set: { title } }),
  run: (row, { title }) =>
    row['status'] === 'done'
      ? { refuse: 'done', message: 'nothing is left to do', column: 'status' }
      : { set: { title, status: 'busy', priority: Number(row['priority'] ?? 0) + 1 } },
})

export const commands: readonly Command[] = [add, work]

/** Each table has one at most. */
export const commandOn = (table: string): Command => (table === 'tally' ? add : work)
