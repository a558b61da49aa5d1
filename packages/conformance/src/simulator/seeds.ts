import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FaultName } from './faults.ts'
import type { RunReport } from './run.ts'
import { type SimulatedStrategy, STRATEGIES } from './strategies.ts'

/** Many seeds over a few processes; each asks for the next as it ends one. */
export interface Batch {
  readonly jobs: readonly Job[]
  readonly workers: number
  readonly faults?: readonly FaultName[]
  readonly onReport?: (report: RunReport, done: number) => void
}

export interface Job {
  readonly seed: number
  readonly strategy: SimulatedStrategy
}

/** Seeds spread over the strategies, or all under one. */
export const jobsFrom = (first: number, count: number, strategy?: SimulatedStrategy): Job[] =>
  Array.from({ length: count }, (_, at) => ({
    seed: first + at,
    strategy: strategy ?? STRATEGIES[at % STRATEGIES.length]!,
  }))

export const runBatch = async ({ jobs, workers, faults = [], onReport }: Batch): Promise<readonly RunReport[]> => {
  const reports: RunReport[] = []
  const left = [...jobs]
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), faults, { serialization: 'advanced' })
      let job = left.shift()
      const next = (): void => {
        if (job === undefined) child.disconnect()
        else child.send(job, error => error === null || reject(error))
      }
      child.on('message', message => {
        const report = message as RunReport
        reports.push(report)
        onReport?.(report, reports.length)
        job = left.shift()
        next()
      })
      child.on('exit', code => {
        if (job === undefined) resolve()
        else reject(new Error(`seed ${job.seed} under ${job.strategy} ended its process with ${code}`))
      })
      next()
    })
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work))
  return reports.toSorted((a, b) => a.seed - b.seed)
}
