// Runs in the browser in place of `vitest`: keeps the tests of a file, to be run when they are asked for.
import * as matchers from '@vitest/expect'

type Run = () => Promise<void> | void

/** What became of one test; `fault`: why it failed. */
export interface Ran {
  readonly title: string
  readonly fault?: string
}

const tests: { readonly title: string; readonly run: Run }[] = []
let within: readonly string[] = []

export const describe = (title: string, inside: () => void): void => {
  within = [...within, title]
  inside()
  within = within.slice(0, -1)
}

const add = (title: string, run: Run): void => void tests.push({ title: [...within, title].join(' > '), run })

export const it: typeof add & { each: (cases: readonly unknown[]) => (title: string, run: Each) => void } =
  Object.assign(add, {
    each: (cases: readonly unknown[]) => (title: string, run: Each) => {
      for (const [at, one] of cases.entries())
        add(`${title} (${at})`, () => run(...(Array.isArray(one) ? (one as unknown[]) : [one])))
    },
  })
export const test: typeof it = it
type Each = (...given: unknown[]) => Promise<void> | void

const { chai, JestChaiExpect, JestExtend, JestAsymmetricMatchers, ASYMMETRIC_MATCHERS_OBJECT, GLOBAL_EXPECT } = matchers
for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)
const global = globalThis as unknown as Record<symbol, unknown>
export const expect: unknown = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  global[ASYMMETRIC_MATCHERS_OBJECT],
)
global[GLOBAL_EXPECT] = expect

declare global {
  var runTests: () => Promise<readonly Ran[]>
}

globalThis.runTests = async () => {
  const ran: Ran[] = []
  for (const { title, run } of tests) {
    try {
      await run()
      ran.push({ title })
    } catch (error) {
      ran.push({ title, fault: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) })
    }
  }
  return ran
}
