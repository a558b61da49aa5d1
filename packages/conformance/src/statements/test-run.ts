/** Runs tests and tells what came of each, and of the files and hooks around them. */
import { rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, runVitest, type TestRequest } from './vitest-process.ts'

export interface TestResult {
  /** Path from the root. */
  readonly file: string
  readonly title: string
  readonly fullTitle: string
  readonly status: 'pass' | 'fail' | 'skip'
  readonly message: string
}

/** `broken`: files that could not be loaded, failing hooks, unhandled errors: failures that belong to no test. */
export type TestRun =
  | { readonly kind: 'ended'; readonly tests: readonly TestResult[]; readonly broken: readonly string[] }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'crashed'; readonly output: string }

export const runTests = async (request: TestRequest): Promise<TestRun> => {
  const dir = await mkdtemp(join(tmpdir(), 'rejoin-tests-'))
  const remove = (): void => rmSync(dir, { recursive: true, force: true })
  process.once('exit', remove)
  const output = join(dir, 'results.json')
  try {
    const ended = await runVitest(request, output)
    if (ended.timedOut) return { kind: 'timed-out' }
    const report = await readFile(output, 'utf8').catch(() => undefined)
    if (report === undefined) return { kind: 'crashed', output: ended.output }
    return readReport(JSON.parse(report) as VitestReport, request.root, ended)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const readReport = (report: VitestReport, root: string, ended: Ended): TestRun => {
  const place = (path: string): string => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)
  const tests = report.testResults.flatMap(file =>
    file.assertionResults.map((test): TestResult => ({
      file: place(file.name),
      title: test.title,
      fullTitle: test.fullName,
      status: test.status === 'passed' ? 'pass' : test.status === 'failed' ? 'fail' : 'skip',
      message: test.failureMessages[0] ?? '',
    })),
  )
  const broken = [
    ...report.testResults
      .filter(file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'))
      .map(file => `${place(file.name)}: ${firstLine(file.message) || 'failed outside of its tests'}`),
    ...ended.unhandled.map(error => `unhandled: ${firstLine(error)}`),
  ]
  if (ended.code !== 0 && broken.length === 0 && !tests.some(test => test.status === 'fail')) {
    broken.push(`vitest ended with code ${ended.code}: ${ended.output.trim().split('\n').at(-1) ?? ''}`)
  }
  return { kind: 'ended', tests, broken }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''
