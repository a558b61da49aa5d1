import { expect, test } from 'vitest'
import { type FaultName, faultNames } from './faults.ts'
import { runHistory } from './run.ts'
import { shrink } from './shrink.ts'

/** The tester tested: what is wrong on purpose has to be found within a few histories, and for what it is. */
const HISTORIES = 60

const found = async (fault: FaultName): Promise<{ readonly seed: number; readonly promise: string } | undefined> => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const { failure } = await runHistory({ seed, faults: new Set([fault]) })
    if (failure !== undefined) return { seed, promise: failure.promise }
  }
  return undefined
}

const promises: Readonly<Record<FaultName, string>> = {
  'drops-successors': 'every edit is accounted for',
  'sign-out-loses': 'every edit is accounted for',
  'holds-without-reason': 'every entry goes, or says what it waits for',
  'hides-refusals': 'every edit is accounted for',
  'says-nothing-of-late': 'a withdrawal that came too late is told',
  'never-signs-in-again': 'a queue is stopped by what its user chose and by nothing else',
  'never-resumes': 'a queue is stopped by what its user chose and by nothing else',
  'import-leaves-out': 'every edit is accounted for',
  'disk-forgets': 'every edit is accounted for',
  // Asked to send it again, the device makes a new one of it.
  'relay-does-twice': 'every edit is accounted for',
  'relay-keeps-no-ledger': 'every edit is accounted for',
  'relay-keeps-no-refusals': 'the back office sees what was refused',
}

for (const fault of faultNames) {
  test(`a planted fault is found within ${HISTORIES} histories: ${fault}`, async () => {
    expect(await found(fault)).toMatchObject({ promise: promises[fault] })
  }, 120_000)
}

test('a failing history is shrunk to the few steps that break the same promise', async () => {
  const failing = (await found('drops-successors'))!
  const options = { seed: failing.seed, faults: new Set(['drops-successors'] as const) }
  const { failure, steps } = await runHistory(options)
  const shrunk = await shrink(options, failure!, 60)
  expect(shrunk.failure.promise).toBe(failing.promise)
  expect(shrunk.steps.length).toBeLessThan(steps / 2)
  expect((await runHistory({ ...options, steps: shrunk.steps })).failure).toEqual(shrunk.failure)
}, 120_000)
