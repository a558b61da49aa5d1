import { type Command, defineCommand } from '@rejoin/profile'

/** Ends a work order: `rejoin.table('workorder').run(completeOrder, id, { notes })`. */
export const completeOrder = defineCommand({
  table: 'workorder',
  name: 'complete',
  args: [{ name: 'notes', type: 'text', maxLength: 8000 }],
  run: ({ status, notes: before = null }, { notes }, { at }) =>
    status === 'done' || status === 'cancelled'
      ? { refuse: status, message: `the work order is ${status} already`, column: 'status' }
      : { set: { status: 'done', completedOn: new Date(at).toISOString(), notes: notes ?? before } },
})

/** For a relay on the sample environment, and for its devices. */
export const sampleCommands: readonly Command[] = [completeOrder]
