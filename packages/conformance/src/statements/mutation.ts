/**
 * A mutation: one small damage to the source that must turn tests red. A statement whose tests stay green on it was
 * not proven by them. It is judged on a work copy (work-copy.ts), never in the checkout.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTests, type TestResult, type TestRun } from './test-run.ts'
import { idsProved, patternOfIds } from './title.ts'
import type { RunProgress, TestRequest } from './vitest-process.ts'

export interface Mutation {
  readonly name: string
  /** Path from the root of the repository. */
  readonly file: string
  /** Text that stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** Statement ids: for each of them at least one test must fail. */
  readonly proves: readonly string[]
  /** Parts of test file paths where those tests are; unset: all files (slower). */
  readonly tests?: readonly string[]
}

/**
 * `killed`: every id it proves has a red test (or the tests never ended). `survived`: some id has none.
 * `unfit`: the mutation itself is wrong (its text is not there once, the tests are not green without it, ...).
 */
export type MutationVerdict =
  | { readonly kind: 'killed'; readonly by: readonly string[] }
  | { readonly kind: 'survived'; readonly green: readonly string[] }
  | { readonly kind: 'unfit'; readonly why: string }

export interface MutationOptions {
  /** Root of the work copy. */
  readonly root: string
  readonly timeoutMs?: number
  readonly onProgress?: (progress: RunProgress) => void
}

/** The tests of all ids on the undamaged copy: a red or missing test beforehand proves nothing afterwards. */
export const runUndamaged = (mutations: readonly Mutation[], options: MutationOptions): Promise<TestRun> =>
  runTests({ ...request(mutations, options), timeoutMs: options.timeoutMs ?? 10 * 60_000 })

export const judgeMutation = async (
  mutation: Mutation,
  undamaged: TestRun,
  options: MutationOptions,
): Promise<MutationVerdict> => {
  const unfit = whyUnfit(mutation, undamaged)
  if (unfit !== undefined) return { kind: 'unfit', why: unfit }
  const path = join(options.root, mutation.file)
  const source = await readFile(path, 'utf8').catch(() => undefined)
  if (source === undefined) return { kind: 'unfit', why: `no file ${mutation.file}` }
  const found = source.split(mutation.find).length - 1
  if (found !== 1) return { kind: 'unfit', why: `find text stands ${found} times in ${mutation.file}, not once` }
  if (mutation.find === mutation.replace) return { kind: 'unfit', why: 'replaces the text by itself' }
  await writeFile(
    path,
    source.replace(mutation.find, () => mutation.replace),
  )
  try {
    return verdictOf(mutation, await runTests(request([mutation], options)))
  } finally {
    await writeFile(path, source)
  }
}

/** File filters hold for the whole run only if every mutation in it has some. */
const request = (
  mutations: readonly Mutation[],
  { root, timeoutMs = 3 * 60_000, onProgress }: MutationOptions,
): TestRequest => ({
  root,
  pattern: patternOfIds([...new Set(mutations.flatMap(each => each.proves))]),
  files: mutations.every(each => each.tests !== undefined) ? mutations.flatMap(each => each.tests ?? []) : [],
  timeoutMs,
  ...(onProgress === undefined ? {} : { onProgress }),
})

const proofsOf = (id: string, mutation: Mutation, tests: readonly TestResult[]): readonly TestResult[] =>
  tests.filter(
    test => idsProved(test.title).includes(id) && (mutation.tests?.some(part => test.file.includes(part)) ?? true),
  )

const whyUnfit = (mutation: Mutation, undamaged: TestRun): string | undefined => {
  if (mutation.proves.length === 0) return 'names no statement'
  if (undamaged.kind !== 'ended') return 'the tests did not end without it'
  for (const id of mutation.proves) {
    const proofs = proofsOf(id, mutation, undamaged.tests)
    const red = proofs.find(test => test.status === 'fail')
    if (red !== undefined) return `red without it: ${red.title}`
    if (!proofs.some(test => test.status === 'pass')) return `no test of ${id} ran`
  }
  const broken = undamaged.broken.find(each => mutation.tests?.some(part => each.includes(part)))
  return broken === undefined ? undefined : `broken without it: ${broken}`
}

const verdictOf = (mutation: Mutation, run: TestRun): MutationVerdict => {
  if (run.kind === 'timed-out') return { kind: 'killed', by: ['time-out'] }
  if (run.kind === 'crashed') return { kind: 'unfit', why: `vitest crashed: ${run.output.trim().slice(-200)}` }
  const red = (id: string): readonly TestResult[] =>
    proofsOf(id, mutation, run.tests).filter(test => test.status === 'fail')
  const green = mutation.proves.filter(id => red(id).length === 0)
  // A source that no longer loads turns everything red whatever the tests say.
  if (green.length > 0 && run.broken.length > 0)
    return { kind: 'unfit', why: `breaks more than a test: ${run.broken[0]}` }
  if (green.length > 0) return { kind: 'survived', green }
  return { kind: 'killed', by: [...new Set(mutation.proves.flatMap(id => red(id).map(test => test.title)))] }
}
