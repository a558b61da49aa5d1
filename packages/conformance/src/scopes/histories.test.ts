import type { TableRights } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { runHistory } from './run.ts'
import type { State } from './state.ts'
import { added, nothing, ScopeFailure } from './watch.ts'

/** `pnpm scopes --histories N` makes more. A failure names its seed: `pnpm scopes --histories 1 --seed S --trace`. */
const HISTORIES = 60
const STEPS = 12

describe('generated histories of scopes', () => {
  it(`[DS2][DS3][DS4][DS5][DS6][DS7][PR17][FI7][SE1] ${HISTORIES} histories: after every step each device holds what the oracle says, and was sent nothing else`, async () => {
    let total = nothing
    for (let seed = 1; seed <= HISTORIES; seed++) total = added(total, await runHistory({ seed, steps: STEPS }))
    // A history in which nothing happens proves nothing.
    expect(total.looks).toBeGreaterThan(HISTORIES * STEPS * 3)
    expect(total.rows / total.looks).toBeGreaterThan(5)
    expect(total.canaries).toBeGreaterThan(10_000)
    expect(total.told).toBeGreaterThan(HISTORIES * STEPS * 2)
    // What happens is told; comparing is for what cannot be.
    expect(total.compared / total.told).toBeLessThan(0.02)
  }, 180_000)

  it('[DS2][DS3][DS4][DS5][DS6][DS7][SE1] the same over two relays on one database, whichever of them is written to', async () => {
    let total = nothing
    for (let seed = 501; seed <= 510; seed++) {
      total = added(total, await runHistory({ seed, steps: STEPS, relays: 2 }))
    }
    expect(total.looks).toBeGreaterThan(10 * STEPS * 3)
  }, 120_000)

  /** The first history in which a relay that believes something else is found out. */
  const noticed = async (deceive: (state: State) => State): Promise<string> => {
    for (let seed = 1; seed <= HISTORIES; seed++) {
      try {
        await runHistory({ seed, steps: STEPS, deceive })
      } catch (error) {
        if (error instanceof ScopeFailure) return error.message
        throw error
      }
    }
    return 'nobody noticed'
  }
  const roles = (state: State, change: (rights: TableRights) => TableRights): State['roles'] =>
    new Map(
      [...state.roles].map(([name, { tables }]) => {
        const changed = Object.entries(tables).map(([table, rights]) => [table, change(rights)])
        return [name, { name, tables: Object.fromEntries(changed) as typeof tables }]
      }),
    )

  it.each<[name: string, deceive: (state: State) => State, RegExp]>([
    [
      'a role opens more',
      state => ({ ...state, roles: roles(state, rights => ({ ...rights, read: 'all' })) }),
      /was sent/,
    ],
    [
      'no column is hidden',
      state => ({ ...state, roles: roles(state, ({ read = 'none' }) => ({ read })) }),
      /was sent/,
    ],
    ['nothing is shared', state => ({ ...state, shares: [] }), /lacks/],
    [
      'who is assigned first stays',
      state => ({ ...state, assignments: state.assignments.map(each => ({ ...each, at: 0 })) }),
      /lacks|was sent/,
    ],
  ])(
    'would be noticed: a relay that believes that %s',
    async (_, deceive, told) => {
      expect(await noticed(deceive)).toMatch(told)
    },
    60_000,
  )
})
