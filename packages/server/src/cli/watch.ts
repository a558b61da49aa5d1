import type { Core } from '../core.ts'
import { CHANGES } from '../environment/environment.ts'
import type { Terminal } from './terminal.ts'

/** Every so many ms a relay looks whether its environment was changed beside it. */
const LOOK_EVERY = 500

/** A relay follows what another process, such as a command, changed in its database. @returns stops it */
export const followChanges = (core: Core, terminal: Terminal): (() => Promise<void>) => {
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    const entry = await core.storage.snapshot(view => view.entry(CHANGES.kind, CHANGES.id))
    if ((entry?.value ?? 0) === core.environment().changes) return
    await core.reload()
    terminal.out(`The environment has changed; conflicts: ${core.environment().settings.strategy}`)
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      clearInterval(timer)
      terminal.err(`Changes are no longer followed: ${error instanceof Error ? error.message : String(error)}`)
    })
  }, LOOK_EVERY)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}
