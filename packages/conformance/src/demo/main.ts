import { FaultError, faultText } from '@rejoin/profile'
import { Command, InvalidArgumentError } from 'commander'
import { writeJson } from '../report/json.ts'
import { play } from './play.ts'

/**
 * `pnpm demo`: relay, two devices and a back office tell what Rejoin does, on the sample environment or on a CSV file
 * of your own. Exit code 0: all replicas ended with one fingerprint and every edit is accounted for; 1: not so, or
 * it could not be played; 2: a bad call.
 */
interface Options {
  readonly csv?: readonly string[]
  readonly mapping?: string
  readonly json?: string
  readonly workOrders: number
  readonly edits: number
}

const main = async ({ csv, mapping, json, workOrders, edits }: Options): Promise<number> => {
  if ((csv === undefined) !== (mapping === undefined)) {
    console.error('demo: --csv and --mapping belong together; give both')
    return 2
  }
  const input = { workOrders, ...(csv === undefined ? {} : { csv }), ...(mapping === undefined ? {} : { mapping }) }
  try {
    const report = await play({ input, edits, say: text => console.log(text) })
    if (json !== undefined) await writeJson(json, report)
    return report.ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    for (const fault of error.faults) console.error(faultText(fault))
    return 1
  }
}

const whole =
  (least: number) =>
  (text: string): number => {
    if (!/^\d{1,6}$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`a whole number from ${least} is needed`)
    return Number(text)
  }

// Ends through `exit`, so that no process of the play outlives it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const command = new Command('demo')
  .description('Relay, two devices and a back office: offline work, conflicts, crashes, and the proof that all agree.')
  .option('--csv <file...>', 'play on records of these CSV files, read by --mapping')
  .option('--mapping <file>', 'how they become records of a table')
  .option('--work-orders <n>', 'size of the sample', whole(100), 1_000)
  .option('--edits <n>', 'edits of the interrupted upload', whole(10), 300)
  .option('--json <file>', 'write what was found as JSON')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    process.exit(await main(options))
  })
await command.parseAsync(
  process.argv.slice(2).filter((argument, at) => !(at === 0 && argument === '--')),
  { from: 'user' },
)
