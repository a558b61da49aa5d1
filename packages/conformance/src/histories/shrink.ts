import { leaveOut, type Shrunk } from '../simulator/leave-out.ts'
import { planOf, type Step } from './plan.ts'
import { type HistoryFailure, type HistoryOptions, runHistory } from './run.ts'

/** The few steps of a failing history that are enough to break the same promise. @param tries runs at most */
export const shrink = (
  options: HistoryOptions,
  failure: HistoryFailure,
  tries?: number,
): Promise<Shrunk<Step, HistoryFailure>> => {
  const run = async (steps: readonly Step[]): Promise<HistoryFailure | undefined> =>
    (await runHistory({ ...options, steps })).failure
  return leaveOut(options.steps ?? planOf(options.seed), failure, run, tries)
}

/** Steps as text that stands in a regression test as it is. */
export const stepText = ({ kind, who, r }: Step): string => `${kind} ${who} ${r.join(' ')}`

export const stepsFrom = (text: string): readonly Step[] =>
  text
    .trim()
    .split('\n')
    .map(line => {
      const [kind, who, ...r] = line.trim().split(' ')
      return { kind: kind as Step['kind'], who: Number(who), r: r.map(Number) as unknown as Step['r'] }
    })
