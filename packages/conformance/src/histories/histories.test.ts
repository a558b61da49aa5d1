import { describe, expect, test } from 'vitest'
import { type Class, classes } from './reckoning.ts'
import { regressions } from './regressions.ts'
import { type HistoryReport, runHistory } from './run.ts'

/** `pnpm histories --histories N` makes more. A failure names its seed: `pnpm histories --histories 1 --seed S` shrinks it. */
const HISTORIES = 40

const failureOf = ({ seed, failure }: HistoryReport): string | undefined =>
  failure === undefined ? undefined : `seed ${seed}, step ${failure.step}: ${failure.promise}: ${failure.detail}`

describe('generated histories of unsent work', () => {
  test(`[OB6][OB7][OB10][OB14][ER4][SE4] ${HISTORIES} histories: every edit ever saved is accounted for in exactly one way, and with all faults off every queue drains or says why not`, async () => {
    const total = new Map<Class, number>()
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const report = await runHistory({ seed })
      expect(failureOf(report)).toBeUndefined()
      for (const name of classes) total.set(name, (total.get(name) ?? 0) + (report.classes[name] ?? 0))
    }
    // A history in which nothing happens proves nothing.
    expect(total.get('applied')).toBeGreaterThan(HISTORIES * 8)
    for (const name of [
      'lost',
      'rejected',
      'held',
      'discarded',
      'withdrawn',
      'corrected',
      'exported',
      'wiped',
    ] as const)
      expect(total.get(name), name).toBeGreaterThan(0)
  }, 180_000)
})

describe('found by the histories', () => {
  for (const { name, ...options } of regressions) {
    test(`seed ${options.seed}: ${name}`, async () => {
      expect(failureOf(await runHistory(options))).toBeUndefined()
    })
  }
})
