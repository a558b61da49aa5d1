import { describe, expect, it } from 'vitest'
import { added, nothing, runHistory } from './run.ts'

/** `pnpm scopes --histories N` makes more. A failure names its seed: `pnpm scopes --histories 1 --seed S --trace`. */
const HISTORIES = 60
const STEPS = 15

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

  it('would be noticed: a relay that believes a role opens more than it does', async () => {
    const deceived = runHistory({
      seed: 3,
      steps: STEPS,
      deceive: state => ({
        ...state,
        roles: new Map(
          [...state.roles].map(([name, role]) => [
            name,
            { ...role, tables: { ...role.tables, booking: { read: 'all' } } },
          ]),
        ),
      }),
    })
    await expect(deceived).rejects.toThrow(/was sent what is not in its scope/)
  })

  it('would be noticed: a relay that never hears of shares', async () => {
    const histories = Array.from({ length: 6 }, (_, seed) => seed + 1).map(seed =>
      runHistory({ seed, steps: STEPS, deceive: state => ({ ...state, shares: [] }) }),
    )
    const ends = await Promise.allSettled(histories)
    expect(ends.flatMap(end => (end.status === 'rejected' ? [String(end.reason)] : [])).join()).toMatch(/lacks/)
  })
})
