import { Command, InvalidArgumentError } from 'commander'
import { writeJson } from '../report/json.ts'
import { startProgress } from '../report/progress.ts'
import { table } from '../report/table.ts'
import { tone } from '../report/tone.ts'
import { type CrashReport, runCrashes } from './run.ts'

/**
 * `pnpm crash --kills N [--seed S]`: real processes killed with -9 under load. Exit code 0: every promise kept;
 * 1: one broken (each breach is printed with its guarantee); 2: a bad call.
 */
interface Options {
  readonly kills: number
  readonly seed: number
  readonly json?: string
}

const main = async ({ kills, seed, json }: Options): Promise<number> => {
  const progress = startProgress('crash', { total: kills, unit: 'kills' })
  let report: CrashReport
  try {
    report = await runCrashes({ seed, kills, onKill: (done, victim) => progress.at(done, victim) })
  } finally {
    progress.end()
  }
  console.log(text(report))
  if (json !== undefined) await writeJson(json, report)
  for (const breach of report.breaches.slice(0, 20)) console.error(tone('bad', breach))
  return report.breaches.length === 0 ? 0 : 1
}

const text = ({
  seed,
  kills,
  saved,
  acknowledged,
  office,
  accounts,
  carried,
  heldTrue,
  revisions,
  contents,
  seconds,
  breaches,
}: CrashReport): string => {
  const total = kills.relay + kills.device
  const { applied, lost, amended, unaccounted } = accounts
  const one = new Set(contents).size === 1
  const rows: readonly (readonly [string, string | number])[] = [
    ['kills of the relay', kills.relay],
    ['kills of a device', kills.device],
    ['edits saved on devices', saved],
    ['  applied', applied],
    ['  lost to a conflict, in the ledger', lost],
    ['  replaced by another edit', amended],
    ['  refused, or still in an outbox', accounts.rejected + accounts.inOutbox],
    ['  unaccounted for', unaccounted],
    ['edits acknowledged to devices', acknowledged],
    ['  of them kept by relays that were killed', heldTrue],
    ['edits carried over a kill of their device', carried],
    ['records made by the back office', office],
    ['revisions, each of one edit', revisions],
    ['contents of relay and devices', one ? `one: ${contents[0]}` : contents.join(' ')],
  ]
  const verdict =
    breaches.length === 0 ? tone('good', 'every promise kept') : tone('bad', `${breaches.length} breaches`)
  return `${table(['', { head: `seed ${seed}`, align: 'right' }], rows)}\n\n${total} kills in ${seconds.toFixed(1)} s: ${verdict}`
}

const whole = (value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('a whole number is needed')
  return Number(value)
}

// Ends through `exit`, so that no process of ours outlives it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const command = new Command('crash')
  .option('--kills <n>', 'how many processes are killed', whole, 10)
  .option('--seed <n>', 'decides who is killed and when', whole, 1)
  .option('--json <file>', 'write the report as JSON')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    process.exit(await main(options))
  })
// `pnpm crash -- --kills N` hands on the two dashes
await command.parseAsync(
  process.argv.slice(2).filter((argument, at) => !(at === 0 && argument === '--')),
  { from: 'user' },
)
