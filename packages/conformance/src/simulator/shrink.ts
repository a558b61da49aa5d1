import { leaveOut, type Shrunk } from './leave-out.ts'
import { planOf, type Step } from './plan.ts'
import { type RunFailure, type RunOptions, runSeed } from './run.ts'

/** The few steps of a failing run that are enough to break the same promise. @param tries runs at most */
export const shrink = (options: RunOptions, failure: RunFailure, tries?: number): Promise<Shrunk<Step, RunFailure>> => {
  const plan = options.plan ?? planOf(options.seed)
  const run = async (steps: readonly Step[]): Promise<RunFailure | undefined> =>
    (await runSeed({ ...options, plan: { ...plan, steps } })).failure
  return leaveOut(plan.steps, failure, run, tries)
}

/** Steps as text that stands in a regression test as it is. */
export const stepText = ({ kind, who, r }: Step): string => `${kind} ${who} ${r.join(' ')}`

export const stepFrom = (text: string): Step => {
  const [kind, who, ...r] = text.split(' ')
  return { kind: kind as Step['kind'], who: Number(who), r: r.map(Number) as unknown as Step['r'] }
}
