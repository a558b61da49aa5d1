import { describe, expect, it } from 'vitest'
import { type EntryEvent, type EntryState, type Next, next } from './outbox-state.ts'

const waiting: EntryState = { status: 'waiting', left: false }
const again: EntryState = { status: 'waiting', left: true }
const sent: EntryState = { status: 'sent' }
const applied = { status: 'applied', rev: 3 } as const
const accepted: EntryState = { status: 'accepted', answer: applied }
const refused = { status: 'rejected', code: 'invalid', message: 'must be text', column: 'title' } as const
const held = { status: 'held', by: 'other' } as const
const orphaned: EntryState = { status: 'orphaned', of: 'workorder/W1' }
const withdrawing: EntryState = { status: 'withdrawing', closing: false, told: false }
const closing: EntryState = { status: 'withdrawing', closing: true, told: false }

const states = { waiting, again, sent, accepted, rejected: refused, held, orphaned, withdrawing, closing } as const
const answered = (answer: Extract<EntryEvent, { type: 'answered' }>['answer']): EntryEvent => ({
  type: 'answered',
  answer,
})
const events = {
  sent: { type: 'sent' },
  cut: { type: 'cut' },
  applied: answered(applied),
  rejected: answered(refused),
  held: answered(held),
  withdrawn: answered({ status: 'withdrawn' }),
  wait: answered({ status: 'wait' }),
  resync: answered({ status: 'resync' }),
  confirmed: { type: 'confirmed' },
  discarded: { type: 'discarded' },
} as const satisfies Record<string, EntryEvent>

/** Every state with every event: a cell that is missing does not compile. */
const table: Record<keyof typeof states, Record<keyof typeof events, Next>> = {
  waiting: {
    sent,
    cut: waiting,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: waiting,
    discarded: 'removed',
  },
  again: {
    sent,
    cut: again,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: again,
    discarded: withdrawing,
  },
  sent: {
    sent,
    cut: again,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: sent,
    discarded: withdrawing,
  },
  accepted: {
    sent: accepted,
    cut: again,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: 'removed',
    discarded: accepted,
  },
  rejected: {
    sent: refused,
    cut: refused,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: refused,
    discarded: closing,
  },
  held: {
    sent: held,
    cut: held,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: held,
    discarded: closing,
  },
  orphaned: {
    sent: orphaned,
    cut: orphaned,
    applied: accepted,
    rejected: refused,
    held,
    withdrawn: 'removed',
    wait: again,
    resync: 'reauthor',
    confirmed: orphaned,
    discarded: closing,
  },
  withdrawing: {
    sent: { ...withdrawing, told: true },
    cut: withdrawing,
    applied: accepted,
    rejected: 'removed',
    held: 'removed',
    withdrawn: 'removed',
    wait: withdrawing,
    resync: withdrawing,
    confirmed: withdrawing,
    discarded: withdrawing,
  },
  closing: {
    sent: { ...closing, told: true },
    cut: closing,
    applied: 'removed',
    rejected: 'removed',
    held: 'removed',
    withdrawn: 'removed',
    wait: 'removed',
    resync: 'removed',
    confirmed: closing,
    discarded: closing,
  },
}

describe('the life of an outbox entry', () => {
  for (const [from, row] of Object.entries(table)) {
    it(`goes from ${from} where each event leads`, () => {
      for (const [event, to] of Object.entries(row)) {
        expect(next(states[from as keyof typeof states], events[event as keyof typeof events]), event).toEqual(to)
      }
    })
  }
})
