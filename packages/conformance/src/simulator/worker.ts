import type { FaultName } from './faults.ts'
import { runSeed, type RunReport } from './run.ts'
import type { Job } from './seeds.ts'

/** A process that runs one seed after the other (seeds.ts). A promise nobody awaited is a failure of its seed. */
const faults = new Set(process.argv.slice(2) as FaultName[])

let stray: unknown
process.on('unhandledRejection', error => {
  stray ??= error
})

const report = async ({ seed, strategy }: Job): Promise<RunReport> => {
  stray = undefined
  const run = await runSeed({ seed, strategy, faults })
  if (stray === undefined || run.failure !== undefined) return run
  const detail = stray instanceof Error ? (stray.stack ?? stray.message) : String(stray)
  return { ...run, failure: { promise: 'no promise is left unawaited', detail, step: run.steps } }
}

process.on('message', job => {
  report(job as Job).then(
    found => process.send?.(found),
    error => {
      console.error(job, error)
      process.exit(1)
    },
  )
})
