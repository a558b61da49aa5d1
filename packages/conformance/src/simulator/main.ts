import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { writeJson } from '../report/json.ts'
import { named, whole } from '../report/options.ts'
import { startProgress } from '../report/progress.ts'
import { table } from '../report/table.ts'
import { type FaultName, faultNames } from './faults.ts'
import type { RunReport } from './run.ts'
import { jobsFrom, runBatch } from './seeds.ts'
import { shrink, stepText } from './shrink.ts'
import { type SimulatedStrategy, STRATEGIES } from './strategies.ts'

/**
 * `pnpm simulate --seeds N [--seed FIRST] [--strategy NAME]`: many worlds, each made by its seed. Exit code 0: all
 * promises kept in all of them; 1: one broken (seed, strategy and the few steps that matter are printed); 2: bad call.
 */
interface Options {
  readonly seeds: number
  readonly seed: number
  readonly strategy?: SimulatedStrategy
  readonly workers: number
  readonly fault: readonly FaultName[]
  readonly json?: string
  readonly shrink: boolean
}

const main = async (options: Options): Promise<number> => {
  const { seeds, seed, strategy, workers, fault } = options
  const began = Date.now()
  const progress = startProgress('simulate', { total: seeds, unit: 'seeds' })
  let failed = 0
  let reports: readonly RunReport[]
  try {
    reports = await runBatch({
      jobs: jobsFrom(seed, seeds, strategy),
      workers,
      faults: fault,
      onReport: (report, done) => {
        if (report.failure !== undefined) failed++
        progress.at(done, failed > 0 ? `${failed} failed` : '')
      },
    })
  } finally {
    progress.end()
  }
  const seconds = (Date.now() - began) / 1000
  console.log(summary(reports))
  console.log(`\n${seeds} seeds in ${seconds.toFixed(1)} s, ${failed} failed`)
  const failures = reports.filter(report => report.failure !== undefined)
  const shown = options.shrink ? 3 : 0
  for (const report of failures.slice(0, shown)) await explain(report, new Set(fault))
  for (const { seed: each, strategy: under, failure } of failures.slice(shown)) {
    console.log(`seed ${each} under ${under}: ${failure!.promise} (step ${failure!.step})`)
  }
  if (options.json !== undefined) await writeJson(options.json, { seeds, seconds, failed, runs: reports })
  return failed === 0 ? 0 : 1
}

const summary = (reports: readonly RunReport[]): string => {
  const sum = (chosen: readonly RunReport[], value: (report: RunReport) => number): number =>
    chosen.reduce((total, report) => total + value(report), 0)
  return table(
    [
      'strategy',
      'seeds',
      'failed',
      'edits',
      'applied',
      'lost',
      'rejected',
      'held',
      'withdrawn',
      'amended',
      'frames',
      'kB',
    ],
    STRATEGIES.flatMap(strategy => {
      const own = reports.filter(report => report.strategy === strategy)
      if (own.length === 0) return []
      const classes = (['applied', 'lost', 'rejected', 'held', 'withdrawn', 'amended'] as const).map(each =>
        sum(own, ({ classes: found }) => found[each] ?? 0),
      )
      const failed = own.filter(({ failure }) => failure !== undefined).length
      const edits = sum(own, report => report.edits)
      const bytes = Math.round(sum(own, report => report.bytes) / 1000)
      return [[strategy, own.length, failed, edits, ...classes, sum(own, report => report.frames), bytes]]
    }),
  )
}

const explain = async ({ seed, strategy, failure }: RunReport, faults: ReadonlySet<FaultName>): Promise<void> => {
  console.log(`\nseed ${seed} under ${strategy}: ${failure!.promise}\n  ${failure!.detail}\n  at step ${failure!.step}`)
  const shrunk = await shrink({ seed, strategy, faults }, failure!)
  console.log(`  shrunk to ${shrunk.steps.length} steps, the last shows it:`)
  for (const step of shrunk.steps) console.log(`    ${stepText(step)}`)
  console.log(`  ${shrunk.failure.detail}`)
}

const strategyName = named(STRATEGIES)
const faultName = named(faultNames)

const command = new Command('simulate')
  .option('--seeds <n>', 'how many worlds', whole, 100)
  .option('--seed <first>', 'the first seed', whole, 1)
  .option('--strategy <name>', `${STRATEGIES.join(', ')} (default: all in turn)`, strategyName)
  .option('--workers <n>', 'processes', whole, Math.min(2, availableParallelism()))
  .option(
    '--fault <name>',
    `plant a fault: ${faultNames.join(', ')}`,
    (text: string, before: FaultName[]) => [...before, faultName(text)],
    [],
  )
  .option('--no-shrink', 'only name what failed')
  .option('--json <file>', 'write the runs as JSON')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    process.exit(await main(options))
  })
await command.parseAsync()
