import { describe, expect, it } from 'vitest'
import type { EditRow } from '../rig/database.ts'
import { accountFor, breaches, type Evidence } from './proof.ts'

const edit = (id: string, rev: number, more: Partial<EditRow> = {}): EditRow => ({
  id,
  table: 'job',
  record: 'a-1',
  device: 'd',
  author: 'anna',
  kind: 'update',
  amends: null,
  outcome: { status: 'applied', rev },
  changes: { counter: [rev - 1, rev] },
  ...more,
})
const claim = { device: 'anna', record: 'a-1', what: 'count' as const }
const whole: Evidence = {
  saved: new Map([
    ['e1', claim],
    ['e2', claim],
  ]),
  acknowledged: new Set(['e1']),
  outboxes: new Map([['anna', new Set<string>()]]),
  edits: [edit('e1', 1), edit('e2', 2)],
  ledger: [],
  firstRev: 0,
  head: 2,
  counters: new Map([['a-1', 2]]),
}

describe('the proof after kills', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(breaches(whole)).toEqual([])
    expect(accountFor(whole)).toEqual({ applied: 2, lost: 0, amended: 0, inOutbox: 0, rejected: 0, unaccounted: 0 })
  })

  const planted: Record<string, readonly [change: Partial<Evidence>, breach: RegExp]> = {
    'a saved edit that is nowhere': [{ saved: new Map([...whole.saved, ['e3', claim]]) }, /1 saved edits are nowhere/],
    'an edit that never leaves the outbox': [
      { saved: new Map([...whole.saved, ['e3', claim]]), outboxes: new Map([['anna', new Set(['e3'])]]) },
      /still in outboxes/,
    ],
    'an acknowledged edit the database lacks': [{ acknowledged: new Set(['e9']) }, /G2: acknowledged edit e9/],
    'a revision that no edit explains': [{ head: 3 }, /revision 3 belongs to no edit/],
    'two edits at one revision': [{ edits: [edit('e1', 2), edit('e2', 2)], firstRev: 1 }, /share revision 2/],
    'a counter behind its edits': [{ counters: new Map([['a-1', 1]]) }, /counted to 1 in 2 applied edits/],
    'an edit refused that was allowed': [
      {
        edits: [edit('e1', 1), edit('e2', 2, { outcome: { status: 'rejected', code: 'exists', message: '' } })],
        head: 1,
        counters: new Map([['a-1', 1]]),
      },
      /1 edits were refused/,
    ],
    'a lost edit without its ledger entry': [
      {
        edits: [edit('e1', 1), edit('e2', 2, { outcome: { status: 'lost', rev: 2, to: 1, conflict: 'serverWins' } })],
        counters: new Map([['a-1', 1]]),
      },
      /conflict of edit e2 is not in the ledger/,
    ],
  }
  for (const [name, [change, breach]] of Object.entries(planted)) {
    it(`finds ${name}, and nothing else`, () => {
      const found = breaches({ ...whole, ...change })
      expect(found).toHaveLength(1)
      expect(found[0]).toMatch(breach)
    })
  }
})
