import { expect, test } from 'vitest'
import { type FaultName, faultNames } from './faults.ts'
import { planOf } from './plan.ts'
import { runSeed } from './run.ts'
import { shrink } from './shrink.ts'
import { STRATEGIES } from './strategies.ts'

/** The tester tested: what is wrong on purpose has to be found within a few seeds. Faults inside the engines are mutations. */
const found = async (
  fault: FaultName,
): Promise<{ seed: number; strategy: (typeof STRATEGIES)[number]; promise: string } | undefined> => {
  for (let seed = 1; seed <= 40; seed++) {
    const strategy = STRATEGIES[seed % STRATEGIES.length]!
    const { failure } = await runSeed({ seed, strategy, faults: new Set([fault]) })
    if (failure !== undefined) return { seed, strategy, promise: failure.promise }
  }
  return undefined
}

for (const fault of faultNames) {
  test(`a planted fault is found within 40 seeds: ${fault}`, async () => {
    expect(await found(fault)).toBeDefined()
  }, 120_000)
}

test('a failing run is shrunk to fewer steps that break the same promise', async () => {
  const failing = (await found('relay-forgets'))!
  const options = { seed: failing.seed, strategy: failing.strategy, faults: new Set(['relay-forgets'] as const) }
  const { failure, steps } = await runSeed(options)
  const shrunk = await shrink(options, failure!, 60)
  expect(shrunk.failure.promise).toBe(failing.promise)
  expect(shrunk.steps.length).toBeLessThan(steps)
  const again = await runSeed({ ...options, plan: { users: planOf(failing.seed).users, steps: shrunk.steps } })
  expect(again.failure).toEqual(shrunk.failure)
}, 120_000)
