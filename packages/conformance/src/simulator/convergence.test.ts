import { describe, expect, test } from 'vitest'
import { regressions } from './regressions.ts'
import { type RunReport, runSeed } from './run.ts'
import { STRATEGIES } from './strategies.ts'

/** 125 worlds; `pnpm simulate --seeds N` makes more. A failure names its seed: `pnpm simulate --seeds 1 --seed S --strategy X` shrinks it. */
const SEEDS_EACH = 25

const failureOf = ({ seed, strategy, failure }: RunReport): string | undefined =>
  failure === undefined
    ? undefined
    : `seed ${seed} under ${strategy}, step ${failure.step}: ${failure.promise}: ${failure.detail}`

describe('generated worlds', () => {
  for (const [index, strategy] of STRATEGIES.entries()) {
    test(`${strategy === 'byPriority' ? '[CF12]' : ''}[CF13][CF14] ${strategy}: ${SEEDS_EACH} worlds end as the truth table says, all replicas equal, every edit accounted for`, async () => {
      const classes: Record<string, number> = {}
      let met = 0
      let seeing = 0
      for (let at = 0; at < SEEDS_EACH; at++) {
        const report = await runSeed({ seed: 1 + index + at * STRATEGIES.length, strategy })
        expect(failureOf(report)).toBeUndefined()
        met += report.met
        seeing += report.seeing
        for (const [name, count] of Object.entries(report.classes)) classes[name] = (classes[name] ?? 0) + count
      }
      // A world in which nothing happens proves nothing.
      expect(met).toBeGreaterThan(50)
      expect(seeing).toBeGreaterThan(0)
      expect(classes['applied']).toBeGreaterThan(100)
      expect(classes['rejected']).toBeGreaterThan(20)
      expect(classes['withdrawn']).toBeGreaterThan(0)
      if (strategy === 'serverWins') expect(classes['lost']).toBeGreaterThan(20)
      if (strategy === 'ask') expect(classes['held']).toBeGreaterThan(20)
      if (strategy === 'byPriority') for (const word of ['lost', 'held']) expect(classes[word]).toBeGreaterThan(5)
    }, 120_000)
  }
})

describe('found by the simulator', () => {
  for (const { name, ...options } of regressions) {
    test(`[CF14] ${options.strategy}, seed ${options.seed}: ${name}`, async () => {
      expect(failureOf(await runSeed(options))).toBeUndefined()
    })
  }
})
