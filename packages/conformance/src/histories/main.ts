import { Command } from 'commander'
import { writeJson } from '../report/json.ts'
import { named, whole } from '../report/options.ts'
import { startProgress } from '../report/progress.ts'
import { table } from '../report/table.ts'
import { type FaultName, faultNames, type Faults } from './faults.ts'
import { classes } from './reckoning.ts'
import { type HistoryReport, runHistory } from './run.ts'
import { shrink, stepText } from './shrink.ts'

/**
 * `pnpm histories --histories N [--seed FIRST] [--json FILE]`: many histories of unsent work, each made by its seed. Exit
 * code 0: every edit ever saved is accounted for in exactly one way, and every queue drained or said why not; 1: one was
 * not (seed and the few steps that matter are printed); 2: bad call.
 */
interface Options {
  readonly histories: number
  readonly seed: number
  readonly fault: readonly FaultName[]
  readonly json?: string
  readonly shrink: boolean
}

const main = async ({ histories, seed: first, fault, json, shrink: shrinks }: Options): Promise<number> => {
  const faults = new Set(fault)
  const began = Date.now()
  const progress = startProgress('histories', { total: histories, unit: 'histories' })
  const reports: HistoryReport[] = []
  const failed = (): readonly HistoryReport[] => reports.filter(({ failure }) => failure !== undefined)
  try {
    for (let seed = first; seed < first + histories; seed++) {
      reports.push(await runHistory({ seed, faults }))
      progress.at(reports.length, failed().length > 0 ? `${failed().length} failed` : '')
    }
  } finally {
    progress.end()
  }
  const seconds = (Date.now() - began) / 1000
  console.log(table(['what became of it', 'edits'], summary(reports)))
  console.log(`\n${histories} histories in ${seconds.toFixed(1)} s, ${failed().length} failed`)
  for (const [index, report] of failed().entries()) await explain(report, faults, shrinks && index < 3)
  if (json !== undefined)
    await writeJson(json, { histories, seed: first, seconds, failed: failed().length, runs: reports })
  return failed().length === 0 ? 0 : 1
}

const summary = (reports: readonly HistoryReport[]): [string, number][] => {
  const counts = classes.map((name): [string, number] => [
    name,
    reports.reduce((sum, { classes: found }) => sum + (found[name] ?? 0), 0),
  ])
  return [...counts, ['all that were saved', counts.reduce((sum, [, count]) => sum + count, 0)]]
}

const explain = async ({ seed, failure }: HistoryReport, faults: Faults, shrinks: boolean): Promise<void> => {
  console.log(`\nseed ${seed}: ${failure!.promise} (step ${failure!.step})\n  ${failure!.detail}`)
  if (!shrinks) return
  const shrunk = await shrink({ seed, faults }, failure!)
  console.log(`  shrunk to ${shrunk.steps.length} steps:`)
  for (const step of shrunk.steps) console.log(`    ${stepText(step)}`)
  console.log(`  ${shrunk.failure.detail}`)
}

const faultName = named(faultNames)

const command = new Command('histories')
  .option('--histories <n>', 'how many', whole, 100)
  .option('--seed <first>', 'the first seed', whole, 1)
  .option(
    '--fault <name>',
    `plant a fault: ${faultNames.join(', ')}`,
    (text: string, before: FaultName[]) => [...before, faultName(text)],
    [],
  )
  .option('--no-shrink', 'only name what failed')
  .option('--json <file>', 'write the histories as JSON')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    process.exit(await main(options))
  })
await command.parseAsync()
