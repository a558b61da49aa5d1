import { Command, InvalidArgumentError } from 'commander'
import { startProgress } from '../report/progress.ts'
import { table } from '../report/table.ts'
import { tone } from '../report/tone.ts'
import { chromiumLacking } from './chromium.ts'
import { runStorm } from './tabs.storm.ts'

/**
 * `pnpm tabs --kills N --rounds N [--seed S]`: a real browser killed under load, and tabs opened and closed in it. Exit
 * code 0: every promise kept; 1: one broken; 2: a bad call, or no browser.
 */
interface Options {
  readonly kills: number
  readonly rounds: number
  readonly seed: number
}

const main = async (options: Options): Promise<number> => {
  if (chromiumLacking !== undefined) {
    console.error(chromiumLacking)
    return 2
  }
  const progress = startProgress('tabs', { total: options.kills + options.rounds, unit: 'steps' })
  try {
    const { saved, lost, takeovers, seconds, breaches } = await runStorm({
      ...options,
      onStep: done => progress.at(done, done <= options.kills ? 'kills' : 'rounds'),
    })
    progress.end()
    const ms = (at: number): string => `${(takeovers[Math.floor(at * (takeovers.length - 1))] ?? 0).toFixed(0)} ms`
    const rows: readonly (readonly [string, string | number])[] = [
      ['kills of the browser', options.kills],
      ['rounds of four tabs', options.rounds],
      ['saves that had resolved', saved],
      ['databases the browser itself lost', lost.databases],
      ['  saves unsent in them', lost.saves],
      ['takings over', takeovers.length],
      ['  median', ms(0.5)],
      ['  longest', ms(1)],
    ]
    console.log(table(['', { head: `seed ${options.seed}`, align: 'right' }], rows))
    const verdict =
      breaches.length === 0 ? tone('good', 'every promise kept') : tone('bad', `${breaches.length} breaches`)
    console.log(`\n${seconds.toFixed(1)} s: ${verdict}`)
    for (const breach of breaches.slice(0, 20)) console.error(tone('bad', breach))
    return breaches.length === 0 ? 0 : 1
  } finally {
    progress.end()
  }
}

const whole = (value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('a whole number is needed')
  return Number(value)
}

// Ends through `exit`, so that no process of ours outlives it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const command = new Command('tabs')
  .option('--kills <n>', 'how often the browser is killed', whole, 50)
  .option('--rounds <n>', 'how often four tabs are opened and closed', whole, 20)
  .option('--seed <n>', 'decides when', whole, 1)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (options: Options) => {
    process.exit(await main(options))
  })
// `pnpm tabs -- --kills N` hands on the two dashes
await command.parseAsync(
  process.argv.slice(2).filter((argument, at) => !(at === 0 && argument === '--')),
  { from: 'user' },
)
