import { Command } from 'commander'
import { postgresEngine } from '../bench/scope/postgres.ts'
import { whole } from '../report/options.ts'
import { startProgress } from '../report/progress.ts'
import { table } from '../report/table.ts'
import { runHistory } from './run.ts'
import { added, nothing, ScopeFailure } from './watch.ts'

/**
 * `pnpm scopes --histories N [--seed FIRST] [--steps N] [--relays N] [--postgres] [--trace]`: many histories, each made by its seed. Exit code 0:
 * every device held what the oracle says after every step, and was sent nothing else; 1: one was not; 2: bad call.
 */
interface Options {
  readonly histories: number
  readonly seed: number
  readonly steps: number
  readonly relays: number
  readonly postgres?: true
  readonly trace?: true
}

const main = async ({ histories, seed: first, steps, relays, postgres, trace }: Options): Promise<number> => {
  const engine = postgres ? await postgresEngine() : undefined
  if (postgres && engine === undefined) return 2
  const options = {
    ...{ steps, relays },
    ...(engine === undefined ? {} : { storage: () => engine.open('scopes') }),
    ...(trace ? { trace: console.log } : {}),
  }
  const began = Date.now()
  const progress = startProgress('scopes', { total: histories, unit: 'histories' })
  let failed = 0
  let total = nothing
  for (let seed = first; seed < first + histories; seed++) {
    try {
      total = added(total, await runHistory({ seed, ...options }))
    } catch (error) {
      if (!(error instanceof ScopeFailure)) throw error
      failed++
      // At once: who looks on can begin to think.
      console.log(`\n${error.message}`)
    }
    progress.at(seed - first + 1, failed > 0 ? `${failed} failed` : '')
  }
  progress.end()
  await engine?.stop()
  const { looks, rows, canaries, told, compared } = total
  const share = told === 0 ? '' : ` (${((100 * compared) / told).toFixed(2)}%)`
  console.log(
    table(
      ['what was looked at', 'times'],
      [
        ["a device's content and the oracle's", looks],
        ['rows in them', rows],
        ['canaries found in frames, each where it belongs', canaries],
        ['a live device heard of what happened', told],
        [`it had to compare all the same${share}`, compared],
      ],
    ),
  )
  console.log(`\n${histories} histories in ${((Date.now() - began) / 1000).toFixed(1)} s, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

const command = new Command('scopes')
  .option('--histories <n>', 'how many', whole, 60)
  .option('--seed <first>', 'the first seed', whole, 1)
  .option('--steps <n>', 'in each history', whole, 15)
  .option('--relays <n>', 'over one database', whole, 1)
  .option('--postgres', 'over PostgreSQL instead of SQLite: what REJOIN_TEST_POSTGRES names, or one of its own')
  .option('--trace', 'print every step')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    process.exit(await main(options))
  })
await command.parseAsync()
