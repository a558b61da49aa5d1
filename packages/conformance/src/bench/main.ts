import { Command } from 'commander'
import { writeJson } from '../report/json.ts'
import { startProgress } from '../report/progress.ts'
import { table, type Cell, type Column } from '../report/table.ts'
import { barText, bars, deviceBars, scopeBars } from './bars.ts'
import { openBaseline } from './baseline/side.ts'
import { benchDevices, deviceNotes } from './device/main.ts'
import type { Measure } from './measure.ts'
import { openRejoinSide } from './rejoin/side.ts'
import { roundsOf, runTrial, type Contest } from './run.ts'
import { benchDocumented, benchScopes } from './scope/main.ts'
import { trialNames, trials, type Trial } from './trials.ts'

/**
 * `pnpm bench [NAME...]`: Rejoin and raw `ws` + JSON side by side, medians of 5; `device` beside Dexie.
 * Exit code 0: every bar met; 1: one missed or the run failed; 2: a name it does not know.
 */
interface Options {
  readonly json?: string
  readonly folder?: string
  readonly baselineOnly?: boolean
}

const main = async (names: readonly string[], options: Options): Promise<number> => {
  const unknown = names.filter(name => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`bench: unknown name ${unknown.join(', ')} (names: ${known.join(', ')})`)
    return 2
  }
  const alone = options.baselineOnly === true
  const contest: Contest | undefined = alone
    ? { ours: openBaseline }
    : openRejoinSide && { ours: openRejoinSide, baseline: openBaseline }
  if (contest === undefined) {
    console.error('bench: Rejoin has no side yet (measure the baseline alone with --baseline-only)')
    return 1
  }
  const chosen = trials.filter(trial => names.length === 0 || names.includes(trial.name))
  const { measures: compared, faults } = await runAll(contest, chosen, options.folder)
  const scopes = names.includes('scope') && !alone ? await runLong('scopes', benchScopes, options.folder) : []
  const documented = names.includes('documented') && !alone ? await runLong('documented', benchDocumented, options.folder) : [] // prettier-ignore
  const devices = names.includes('device') && !alone ? await runLong('device', benchDevices, options.folder) : []
  const others = [...compared, ...scopes, ...documented]
  if (others.length > 0) console.log(alone ? aloneTable(others) : sideBySide(others, 'ws + JSON'))
  if (devices.length > 0) console.log(`${sideBySide(devices, 'Dexie')}\n${deviceNotes}`)
  const measures = [...others, ...devices]
  if (options.json !== undefined) await writeJson(options.json, { measures })
  for (const fault of faults) console.error(`bench: ${fault}`)
  if (alone) return faults.length === 0 ? 0 : 1
  const missed = measures.filter(measure => !measure.pass)
  const barred = measures.filter(measure => measure.bar !== null)
  console.log(`${barred.length - missed.length} of ${barred.length} bars met`)
  return missed.length + faults.length === 0 ? 0 : 1
}

/** Long, and without another side: run where it is named. */
const known = [...trialNames, 'scope', 'documented', 'device']

const runLong = async (name: string, bench: typeof benchScopes, folder: string | undefined): Promise<Measure[]> => {
  const progress = startProgress(name)
  try {
    return await bench(note => progress.at(0, note), folder)
  } finally {
    progress.end()
  }
}

interface Ran {
  readonly measures: readonly Measure[]
  /** trials that could not be run to their end; the others still count */
  readonly faults: readonly string[]
}

const runAll = async (contest: Contest, chosen: readonly Trial[], place: string | undefined): Promise<Ran> => {
  const total = chosen.reduce((sum, trial) => sum + roundsOf(trial), 0)
  const progress = startProgress('bench', { total, unit: 'rounds' })
  const measures: Measure[] = []
  const faults: string[] = []
  let before = 0
  try {
    for (const trial of chosen) {
      progress.at(before, trial.says)
      try {
        measures.push(...(await runTrial(contest, trial, round => progress.at(before + round, trial.says), place)))
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error))
      }
      before += roundsOf(trial)
    }
  } finally {
    progress.end()
  }
  return { measures, faults }
}

const shown = (value: number | null): string =>
  value === null ? '' : value.toLocaleString('en', { maximumSignificantDigits: value >= 1000 ? 5 : 3 })

const right = (head: string): Column => ({ head, align: 'right' })

const aloneTable = (measures: readonly Measure[]): string =>
  table(
    ['measure', right('ws + JSON'), 'unit'],
    measures.map(({ name, value, unit }): Cell[] => [name, shown(value), unit]),
  )

const sideBySide = (measures: readonly Measure[], baseline: string): string =>
  table(
    ['measure', right('rejoin'), right(baseline), 'unit', right('ratio'), 'bar', 'verdict'],
    measures.map((measure): Cell[] => [
      measure.name,
      shown(measure.value),
      shown(measure.baseline),
      measure.unit,
      measure.ratio === null ? '' : measure.ratio.toFixed(2),
      barText(bars[measure.name] ?? scopeBars[measure.name] ?? deviceBars[measure.name]),
      measure.bar === null ? '' : measure.pass ? 'pass' : 'MISSED',
    ]),
  )

// Ends through `exit`, so that no relay outlives the bench.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const command = new Command('bench')
  .argument('[names...]', known.join(', '))
  .option('--json <file>', 'write the measures as JSON')
  .option('--folder <dir>', 'where databases are made; a real disk (default: the temporary folder)')
  .option('--baseline-only', 'measure raw ws + JSON alone; no bar is judged')
  .action(async (names: string[], options: Options) => {
    process.exit(await main(names, options))
  })
await command.parseAsync()
