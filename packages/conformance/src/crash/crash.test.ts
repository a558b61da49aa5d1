import { beforeAll, describe, expect, it } from 'vitest'
import { type CrashReport, runCrashes } from './run.ts'

const KILLS = 10
/** Five kills of each, alone and together, in calm and in the middle of uploads. */
const SEED = 4

/**
 * Guarantees G1 (local durability), G2 (acknowledged durability), G3 (no silent loss), G4 (exactly-once effect),
 * G5 (convergence) and G11 (progress) of RELIABILITY.md, on real processes: `rejoin serve` and Node devices on SQLite
 * files, killed with -9 under load. A run makes all of them; the tests below read its report one by one.
 */
describe(`${KILLS} kills with -9 under load, seed ${SEED}`, () => {
  let report: CrashReport
  const about = (guarantee: string): readonly string[] => report.breaches.filter(breach => breach.includes(guarantee))

  beforeAll(async () => {
    report = await runCrashes({ seed: SEED, kills: KILLS })
  }, 180_000)

  it('kills the relay and devices while edits are under way', () => {
    const { relay, device } = report.kills
    expect(relay + device).toBe(KILLS)
    expect(Math.min(relay, device)).toBeGreaterThan(1)
    expect(report.saved).toBeGreaterThan(10 * KILLS)
    expect(report.heldTrue).toBeGreaterThan(0)
  })

  it('[LW3] an edit under way when link, relay or device fell is saved and later sent: none is lost, every outbox drains', () => {
    const { saved, accounts } = report
    expect(about('G1')).toEqual([])
    expect(about('G11')).toEqual([])
    expect(accounts.applied + accounts.lost + accounts.amended).toBe(saved)
    expect(accounts).toMatchObject({ unaccounted: 0, inOutbox: 0, rejected: 0 })
  })

  it('keeps every acknowledged edit of devices and back office through the kills of the relay that acknowledged it', () => {
    expect(report.acknowledged).toBeGreaterThan(0)
    expect(report.office).toBeGreaterThan(0)
    expect(about('G2')).toEqual([])
  })

  it('[OB11] edits sent again after each kill take effect once: one revision each, counters equal applied counts', () => {
    expect(report.revisions).toBeGreaterThan(report.accounts.applied)
    expect(about('G4')).toEqual([])
  })

  it('[CF6] no edit that lost on the way is without its entry in the ledger', () => {
    expect(about('G3')).toEqual([])
  })

  it('[CF14] relay and devices end with the same records', () => {
    expect(new Set(report.contents).size).toBe(1)
    expect(about('G5')).toEqual([])
  })

  it('breaks no promise at all', () => {
    expect(report.breaches).toEqual([])
  })
})
