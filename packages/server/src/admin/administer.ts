import { failed, type Fault, FaultError, ok, type Result } from '@rejoin/profile'
import { CHANGES, type Environment, environmentAfter, loadEnvironment } from '../environment/environment.ts'
import { entryKey, type Storage } from '../storage/storage.ts'
import { isAdministrator } from './administrator.ts'
import { type Audited, auditEntry } from './audit.ts'
import type { Action, Change } from './change.ts'

export interface Administration {
  readonly storage: Storage
  /** ms since 1970 */
  readonly now: () => number
  /** the environment as far as it is known; where the storage has gone on, it is read again */
  readonly known?: Environment
  /** refuse what leaves nobody who administers: for those who could not put it right again */
  readonly guarded?: boolean
}

/**
 * Carries out one action: it is decided on the environment as it is, and what it writes is committed together with the
 * audit and the number of changes. That number is compared inside the commit, so two administrators cannot make
 * together what neither may make alone: two units each above the other, no administrator at all.
 *
 * @param by user id, or the program that did it
 * @returns the environment after it; nothing was written where faults are returned
 */
export const administer = async (
  { storage, now, known, guarded = false }: Administration,
  by: string,
  action: Action,
): Promise<Result<Environment>> => {
  let environment = known ?? (await storage.snapshot(view => loadEnvironment(view)))
  for (;;) {
    const decided = decide(environment, action, guarded)
    if (!decided.ok) {
      // It may have been refused for what is no longer so.
      const stored = await storage.snapshot(async view => (await view.entry(CHANGES.kind, CHANGES.id))?.value ?? 0)
      if (stored === environment.changes) return decided
    } else if (await commit(storage, environment.changes, audited(decided.value.change, environment, by, now()))) {
      return ok(decided.value.after)
    }
    const { strategies } = environment
    environment = await storage.snapshot(view => loadEnvironment(view, strategies))
  }
}

/** What does not compile is never stored. */
const decide = (environment: Environment, action: Action, guarded: boolean): Result<Decided> => {
  try {
    const change = action(environment)
    if (!change.ok) return change
    const { written, removed } = change.value
    const after = environmentAfter(environment, [...written, { ...CHANGES, value: environment.changes + 1 }], removed)
    if (guarded && hasAdministrator(environment) && !hasAdministrator(after)) return failed(shutOut)
    return ok({ change: change.value, after })
  } catch (error) {
    if (error instanceof FaultError) return failed(...error.faults)
    throw error
  }
}

interface Decided {
  readonly change: Change
  readonly after: Environment
}

interface Wanted {
  readonly change: Change
  readonly audited: Audited
}

const audited = (change: Change, { changes }: Environment, by: string, at: number): Wanted => ({
  change,
  audited: {
    number: changes + 1,
    at,
    by,
    what: change.what,
    entries: [...change.removed, ...change.written].map(({ kind, id }) => ({ kind, id })),
  },
})

/** @returns false where another change came first */
const commit = (storage: Storage, known: number, { change, audited }: Wanted): Promise<boolean> =>
  storage.commit({ entries: [CHANGES] }, ({ entries }) => {
    if ((entries.get(entryKey(CHANGES))?.value ?? 0) !== known) return { result: false }
    return {
      result: true,
      entries: [...change.written, { ...CHANGES, value: audited.number }, auditEntry(audited)],
      removedEntries: change.removed,
    }
  })

const hasAdministrator = (environment: Environment): boolean => {
  const { users, teams } = environment.directory
  return (
    [...users.values()].some(user => isAdministrator(environment.schema, user)) ||
    [...teams.values()].some(
      ({ members, roles = [] }) => members.length > 0 && isAdministrator(environment.schema, { roles }),
    )
  )
}

const shutOut: Fault = {
  code: 'last-administrator',
  at: 'environment',
  message: 'nobody would be left who administers it',
  fix: 'give another user a role with `admin` first',
}
