import { describe, expect, it } from 'vitest'
import { bars } from './bars.ts'
import { openBaseline } from './baseline/side.ts'
import { benchRow } from './record.ts'
import { runTrial } from './run.ts'
import { trialNames, trials } from './trials.ts'

describe('the trials', () => {
  it('carry the names of the command', () => {
    expect(trialNames).toEqual(['first-sync', 'flush', 'live', 'fanout', 'reconnect', 'commit', 'memory'])
  })

  it('move rows of 12 columns and about 456 bytes as JSON', () => {
    const sizes = Array.from({ length: 1000 }, (_, n) => JSON.stringify(benchRow(n).values).length)
    expect(Object.keys(benchRow(7).values)).toHaveLength(12)
    expect(Math.abs(sizes.reduce((sum, size) => sum + size, 0) / sizes.length - 456)).toBeLessThan(10)
  })

  it('run small from end to end, the baseline against itself, and give every measure that has a bar', async () => {
    const measures = []
    for (const trial of trials) {
      const small = { ...trial, records: Math.min(trial.records, 100), rounds: 1, warmUp: false, served: 0 }
      measures.push(...(await runTrial({ ours: openBaseline, baseline: openBaseline }, small)))
    }
    expect(measures.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(bars)))
    for (const { name, value, baseline } of measures) {
      expect.soft(Number.isFinite(value) && baseline !== null, name).toBe(true)
    }
  }, 120_000)
})
