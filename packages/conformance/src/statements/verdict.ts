/** From the results of a run to one verdict per statement. Pure: no process, no terminal. */
import type { Statement } from './statement.ts'
import type { TestResult } from './test-run.ts'
import { idsNamed, idsProved } from './title.ts'

export type Status = 'pass' | 'fail' | 'not-yet'

export interface Verdict {
  readonly statement: Statement
  readonly status: Status
  /** Tests that ran. A skipped one proves nothing and is counted apart. */
  readonly tests: number
  readonly skipped: number
  readonly failures: readonly TestResult[]
}

/** One verdict per statement, in its order: fail if any test failed, not-yet if none ran. */
export const verdicts = (statements: readonly Statement[], tests: readonly TestResult[]): readonly Verdict[] => {
  const byId = new Map<string, TestResult[]>()
  for (const test of tests) {
    for (const id of new Set(idsProved(test.title))) byId.set(id, [...(byId.get(id) ?? []), test])
  }
  return statements.map(statement => {
    const proofs = byId.get(statement.id) ?? []
    const failures = proofs.filter(test => test.status === 'fail')
    const ran = proofs.filter(test => test.status !== 'skip').length
    return {
      statement,
      status: failures.length > 0 ? 'fail' : ran > 0 ? 'pass' : 'not-yet',
      tests: ran,
      skipped: proofs.length - ran,
      failures,
    }
  })
}

export interface StrangeId {
  readonly id: string
  readonly test: TestResult
}

/** Tests that name an id the catalogue does not have: a slip of the pen that would silently prove nothing. */
export const strangeIds = (known: readonly Statement[], tests: readonly TestResult[]): readonly StrangeId[] => {
  const ids = new Set(known.map(statement => statement.id))
  return tests.flatMap(test =>
    [...new Set(idsNamed(test.fullTitle))].filter(id => !ids.has(id)).map(id => ({ id, test })),
  )
}
