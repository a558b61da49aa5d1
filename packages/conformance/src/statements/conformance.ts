/** One run of the statements' tests: progress, table, JSON, and whether it may be called good. */
import { writeJson } from '../report/json.ts'
import { startProgress } from '../report/progress.ts'
import { catalogue, families } from './catalogue.ts'
import { familyTable, problems, verdictTable } from './print.ts'
import { runTests } from './test-run.ts'
import { patternOfFamilies } from './title.ts'
import { strangeIds, verdicts } from './verdict.ts'

export interface ConformanceOptions {
  readonly root: string
  /** Family codes; empty means all. */
  readonly only: readonly string[]
  /** A statement without a test fails the run. */
  readonly strict: boolean
  readonly json?: string
}

/** Prints the report and gives the exit code. */
export const reportConformance = async ({ root, only, strict, json }: ConformanceOptions): Promise<number> => {
  const progress = startProgress('statements', { unit: 'test files' })
  const run = await runTests({
    root,
    pattern: patternOfFamilies(only),
    onProgress: ({ files, filesDone, testsDone }) => {
      progress.of(files)
      progress.at(filesDone, `${testsDone} tests`)
    },
  }).finally(() => progress.end())
  const tests = run.kind === 'ended' ? run.tests : []
  const chosen = catalogue.filter(each => only.length === 0 || only.includes(each.family))
  const rows = verdicts(chosen, tests)
  // Filtered-out tests are listed too, as skipped: their titles are checked all the same.
  const troubles = problems(rows, strangeIds(catalogue, tests), run)
  console.log(verdictTable(rows))
  console.log(`\n${familyTable(families, rows)}`)
  for (const trouble of troubles) console.log(`\n${trouble}`)
  if (json !== undefined) {
    const statements = rows.map(({ statement, status, tests: count }) => ({ id: statement.id, status, tests: count }))
    await writeJson(json, { statements })
  }
  const missing = rows.filter(row => row.status === 'not-yet').length
  if (strict && missing > 0) console.log(`\n${missing} statements have no test, which --strict refuses`)
  return troubles.length > 0 || (strict && missing > 0) ? 1 : 0
}
