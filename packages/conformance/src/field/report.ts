import { writeJson } from '../report/json.ts'
import { catalogue, families } from '../statements/catalogue.ts'
import { familyTable, problems, verdictTable } from '../statements/print.ts'
import type { Statement } from '../statements/statement.ts'
import type { TestResult } from '../statements/test-run.ts'
import { strangeIds, type Verdict, verdicts } from '../statements/verdict.ts'
import { asides } from './asides.ts'
import { played } from './scenarios.ts'

export interface ResultsOptions {
  /** family codes; empty means all */
  readonly only: readonly string[]
  /** what is neither proven nor out of reach fails the run */
  readonly strict: boolean
  /** how the scenarios were played, in words */
  readonly said: string
  readonly json?: string
}

/** Prints one row per statement, then what failed. @returns the exit code */
export const reportResults = async (
  tests: readonly TestResult[],
  { only, strict, said, json }: ResultsOptions,
): Promise<number> => {
  const rows = verdicts(catalogue.filter(inSuite(only)), tests)
  const troubles = problems(rows, strangeIds(catalogue, tests), { kind: 'ended', tests, broken: [] })
  console.log(verdictTable(rows, asides))
  console.log(`\n${familyTable(families, rows)}`)
  console.log(`\n${tests.filter(({ status }) => status === 'pass').length} of ${tests.length} scenarios passed ${said}`)
  for (const test of tests) if (test.status === 'skip') console.log(`\nskipped ${test.title}\n    ${test.message}`)
  for (const trouble of troubles) console.log(`\n${trouble}`)
  if (json !== undefined) {
    const statements = rows.map(({ statement, status, tests: count }) => ({ id: statement.id, status, tests: count }))
    await writeJson(json, { statements })
  }
  const missing = strict ? rows.filter(isMissing) : []
  if (missing.length > 0)
    console.log(`\n${missing.map(row => row.statement.id).join(', ')}: not proven, which --strict refuses`)
  return troubles.length > 0 || missing.length > 0 ? 1 : 0
}

/** What a scenario is about, or an aside. */
const inSuite =
  (codes: readonly string[]) =>
  ({ id, family }: Statement): boolean =>
    (codes.length === 0 || codes.includes(family)) && (played.has(id) || asides[id] !== undefined)

const isMissing = ({ statement, status, skipped }: Verdict): boolean =>
  skipped > 0 || (status === 'not-yet' && asides[statement.id] === undefined)
