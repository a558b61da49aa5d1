import { type Plan, planOf, type Step } from './plan.ts'
import { type RunFailure, type RunOptions, runSeed } from './run.ts'

/** The few steps of a failing run that are enough to break the same promise. */
export interface Shrunk {
  readonly steps: readonly Step[]
  readonly failure: RunFailure
}

/** Leaves out ever smaller parts as long as the same promise stays broken. @param tries runs at most */
export const shrink = async (options: RunOptions, failure: RunFailure, tries = 250): Promise<Shrunk> => {
  const plan = options.plan ?? planOf(options.seed)
  let best: Shrunk = { steps: plan.steps.slice(0, failure.step + 1), failure }
  let left = tries
  const fails = async (steps: readonly Step[]): Promise<boolean> => {
    left--
    const tried: Plan = { ...plan, steps }
    const found = (await runSeed({ ...options, plan: tried })).failure
    if (found === undefined || found.promise !== failure.promise) return false
    best = { steps: steps.slice(0, found.step + 1), failure: found }
    return true
  }
  for (let size = Math.ceil(best.steps.length / 2); size >= 1 && left > 0;) {
    let shorter = false
    for (let from = 0; from < best.steps.length && left > 0;) {
      if (await fails([...best.steps.slice(0, from), ...best.steps.slice(from + size)])) shorter = true
      else from += size
    }
    if (size > 1) size = Math.ceil(size / 2)
    else if (!shorter) break
  }
  return best
}

/** Steps as text that stands in a regression test as it is. */
export const stepText = ({ kind, who, r }: Step): string => `${kind} ${who} ${r.join(' ')}`

export const stepFrom = (text: string): Step => {
  const [kind, who, ...r] = text.split(' ')
  return { kind: kind as Step['kind'], who: Number(who), r: r.map(Number) as unknown as Step['r'] }
}
