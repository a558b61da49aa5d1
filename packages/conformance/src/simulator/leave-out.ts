/** A failure of a run made of steps. */
export interface Failed {
  readonly promise: string
  /** the step at which it showed */
  readonly step: number
}

/** The few steps of a failing run that are enough to break the same promise. */
export interface Shrunk<S, F extends Failed> {
  readonly steps: readonly S[]
  readonly failure: F
}

/**
 * Leaves out ever smaller parts as long as the same promise stays broken.
 *
 * @param run the failure of these steps, if they fail
 * @param tries runs at most
 */
export const leaveOut = async <S, F extends Failed>(
  all: readonly S[],
  failure: F,
  run: (steps: readonly S[]) => Promise<F | undefined>,
  tries = 250,
): Promise<Shrunk<S, F>> => {
  let best: Shrunk<S, F> = { steps: all.slice(0, failure.step + 1), failure }
  let left = tries
  const fails = async (steps: readonly S[]): Promise<boolean> => {
    left--
    const found = await run(steps)
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
