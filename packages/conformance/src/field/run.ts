import type { TestResult } from '../statements/test-run.ts'
import type { OpenSystem } from './open-system.ts'
import { Lacking, type Scenario } from './scenario.ts'

/** ms one scenario may take */
const LIMIT = 60_000

/** Plays one scenario, and leaves the system as it was. @throws what was not as it should be */
export const play = async (scenario: Scenario, system: OpenSystem): Promise<void> => {
  const failures: unknown[] = []
  await timely(scenario.run(system)).catch((error: unknown) => failures.push(error))
  await timely(system.tidy()).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

const timely = async (work: Promise<void>): Promise<void> => {
  let late: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`it did not end within ${LIMIT / 1000} s`)), LIMIT)
  })
  await Promise.race([work, tooLong]).finally(() => clearTimeout(late))
}

/** @returns what came of it, as of a test */
export const judge = async (scenario: Scenario, system: OpenSystem): Promise<TestResult> => {
  const { title } = scenario
  const said = { file: 'field', title, fullTitle: title }
  try {
    await play(scenario, system)
    return { ...said, status: 'pass', message: '' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ...said, status: error instanceof Lacking ? 'skip' : 'fail', message }
  }
}
