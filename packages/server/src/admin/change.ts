import { createHash } from 'node:crypto'
import { failed, type Fault, ok, type Result } from '@rejoin/profile'
import type { EntryKey } from '../directory/directory.ts'
import type { Environment } from '../environment/environment.ts'
import type { Entry } from '../storage/storage.ts'

/** What an administrative action writes and removes, all of it in one commit, and what the audit says of it. */
export interface Change {
  readonly written: readonly Entry[]
  readonly removed: readonly EntryKey[]
  readonly what: string
}

/** Decided on the environment as it is, without side effects: asked again where another administrator was quicker. */
export type Action = (environment: Environment) => Result<Change>

/**
 * One way an administrator may be sure not to overwrite what he has not seen: the thing is still as he read it (its
 * `tagOf`), or is not there yet.
 */
export interface Expected {
  readonly tag?: string
  readonly absent?: boolean
}

/** Says of a value whether it is the same one: as text, fit for an ETag. The order of keys is of no account. */
export const tagOf = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16)

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

/** @returns what keeps the action from being done on `present`; undefined = nothing there */
export const unexpected = (present: unknown, { tag, absent }: Expected, at: string): Fault | undefined => {
  if (absent === true && present !== undefined) {
    return { code: 'exists', at, message: 'is there already', fix: 'choose another id, or change the one there is' }
  }
  if (tag !== undefined && (present === undefined || tagOf(present) !== tag)) {
    const message = 'somebody has changed it since it was read'
    return { code: 'changed', at, message, fix: 'read it again and decide anew' }
  }
  return undefined
}

export const notThere = (at: string): Fault => ({ code: 'not-found', at, message: 'is not there', fix: 'check the id' })

export const refusedBy = (...faults: readonly (Fault | undefined)[]): Result<never> | undefined => {
  const found = faults.filter(fault => fault !== undefined)
  return found.length === 0 ? undefined : failed(...found)
}

export const changing = (what: string, written: readonly Entry[], removed: readonly EntryKey[] = []): Result<Change> =>
  ok({ written, removed, what })
