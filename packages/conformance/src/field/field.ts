import { readFile } from 'node:fs/promises'
import { chromiumLacking } from '../chromium/chromium.ts'
import { startProgress } from '../report/progress.ts'
import type { TestResult } from '../statements/test-run.ts'
import { chromiumPlace } from './device/chromium.ts'
import { nodePlace } from './device/node.ts'
import type { Place } from './device/place.ts'
import type { Person } from './environment.ts'
import { type OpenSystem, openSystem } from './open-system.ts'
import { faultOfOrigin, type FieldRelay, findFieldRelay, startFieldRelay, Unfit } from './relay.ts'
import { reportResults } from './report.ts'
import { judge } from './run.ts'
import { scenariosOf } from './scenarios.ts'

/** One run of the scenarios against a relay, by devices in Node or in Chromium: progress, table, JSON, exit code. */
export interface FieldOptions {
  /** family codes; empty means all */
  readonly only: readonly string[]
  readonly device: 'node' | 'chromium'
  /** a relay somebody has started; absent: one of the run's own */
  readonly url?: string
  /** of its administrator */
  readonly token?: string
  /** file of JSON: people and their tokens */
  readonly tokens?: string
  /** what is neither proven nor out of reach fails the run */
  readonly strict: boolean
  readonly json?: string
}

/** Prints the report. @returns 0: all of it holds; 1: some of it does not; 2: it could not be run */
export const reportField = async (options: FieldOptions): Promise<number> => {
  const { only, device, strict } = options
  const chosen = scenariosOf(only)
  if (chosen.length === 0)
    return refuse(`no scenarios of ${only.join(', ')}: see \`npx pnpm conformance\` for proofs of it`)
  if (device === 'chromium' && chromiumLacking !== undefined) return refuse(chromiumLacking)
  const progress = startProgress('field', { total: chosen.length, unit: 'scenarios' })
  const began = Date.now()
  const tests: TestResult[] = []
  try {
    await withSystem(options, async system => {
      for (const scenario of chosen) {
        progress.at(tests.length, scenario.title.slice(0, 60))
        tests.push(await judge(scenario, system))
      }
    })
  } catch (error) {
    if (error instanceof Unfit) return refuse(error.message)
    throw error
  } finally {
    progress.end()
  }
  const seconds = ((Date.now() - began) / 1_000).toFixed(1)
  return reportResults(tests, { only, strict, said: `in ${seconds} s, devices in ${device}`, ...fileOf(options) })
}

const fileOf = ({ json }: FieldOptions): { readonly json?: string } => (json === undefined ? {} : { json })

const withSystem = async (options: FieldOptions, use: (system: OpenSystem) => Promise<void>): Promise<void> => {
  const ends: (() => Promise<void>)[] = []
  try {
    const relay = await relayOf(options)
    ends.push(relay.close)
    const place = await placeOf(options, relay)
    ends.push(place.close)
    const system = await openSystem(relay, place)
    await use(system)
    // What was seen counts, whatever becomes of what is left behind.
    await system.sweep().catch((error: unknown) => console.error(`conformance: records of this run stay: ${error}`))
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

const relayOf = async ({ url, token, tokens }: FieldOptions): Promise<FieldRelay> => {
  if (url === undefined) return startFieldRelay()
  const given = tokens === undefined ? {} : await tokensIn(tokens)
  return findFieldRelay(url, { ...given, ...(token === undefined ? {} : { olga: token }) })
}

const tokensIn = async (file: string): Promise<Partial<Record<Person, string>>> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Record<Person, string>>
  } catch (error) {
    throw new Unfit(`no tokens in ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const placeOf = async ({ device }: FieldOptions, relay: FieldRelay): Promise<Place> => {
  if (device === 'node') return nodePlace()
  const place = await chromiumPlace()
  const fault = await faultOfOrigin(relay, place.origin)
  if (fault === undefined) return place
  await place.close()
  throw new Unfit(fault)
}

const refuse = (message: string): number => {
  console.error(`conformance: ${message}`)
  return 2
}
