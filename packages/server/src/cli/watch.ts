import type { Core } from '../core.ts'
import { CHANGES } from '../environment/environment.ts'
import type { Terminal } from './terminal.ts'

/** Every so many ms a relay looks whether its environment was changed beside it. */
const LOOK_EVERY = 500

/** A relay follows what another process, such as a command, changed in its database. @returns stops it */
export const followChanges = (core: Core, terminal: Terminal): (() => Promise<void>) => {
  let looking: Promise<void> = Promise.resolve()
  let failing: string | undefined
  const look = async (): Promise<void> => {
    const entry = await core.storage.snapshot(view => view.entry(CHANGES.kind, CHANGES.id))
    if ((entry?.value ?? 0) === core.environment().changes) return
    await core.reload()
    // What changed it may have changed records too, past the committer.
    await core.lookAgain()
    terminal.out(`The environment has changed; conflicts: ${core.environment().settings.strategy}`)
  }
  const timer = setInterval(() => {
    looking = looking.then(look).then(
      () => {
        failing = undefined
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        // Said once: it is tried again twice a second.
        if (why !== failing) terminal.err(`Changes cannot be followed for now: ${why}`)
        failing = why
      },
    )
  }, LOOK_EVERY)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}
