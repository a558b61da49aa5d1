import { failed, type Fault, ok, type Result } from '@rejoin/profile'
import type { z } from 'zod'
import type { EntryKey } from '../directory/directory.ts'
import { type Environment, environmentAfter } from '../environment/environment.ts'
import type { Entry } from '../storage/storage.ts'
import { type Action, changing, type Expected, notThere, refusedBy, unexpected } from './change.ts'

/**
 * One kind of thing an administrator keeps: users, teams, units, roles, shares. The API and the commands are made from
 * it; what is particular to a kind is what may be wrong with one, and what goes with it when it leaves.
 */
export interface Resource<T> {
  readonly word: string
  readonly plural: string
  /** in one sentence, for the description of the API */
  readonly about: string
  readonly shape: z.ZodType<T>
  /** names of the parts of an id, as they stand in an address */
  readonly path: readonly string[]
  idOf(value: T): string
  get(environment: Environment, id: string): T | undefined
  list(environment: Environment): Iterable<T>
  entry(value: T): Entry
  /** what is wrong with it, in the environment it would be part of */
  faults(after: Environment, value: T): readonly Fault[]
  /** what is written and removed beside it when it leaves, or why it must stay */
  leaving(environment: Environment, value: T): Result<Leaving>
}

export interface Leaving {
  readonly written: readonly Entry[]
  readonly removed: readonly EntryKey[]
}

/** Nothing else names it. */
export const alone: Result<Leaving> = ok({ written: [], removed: [] })

export const inUse = (at: string, by: readonly string[]): Fault => ({
  code: 'in-use',
  at,
  message: `is named by ${by.slice(0, 5).join(', ')}${by.length > 5 ? ` and ${by.length - 5} more` : ''}`,
  fix: 'change those first',
})

export const put =
  <T>(resource: Resource<T>, value: T, expected: Expected = {}): Action =>
  environment => {
    const id = resource.idOf(value)
    const at = `${resource.word} ${id}`
    const present = resource.get(environment, id)
    const refused = refusedBy(unexpected(present, expected, at))
    if (refused !== undefined) return refused
    const written = [resource.entry(value)]
    const faults = resource.faults(environmentAfter(environment, written, []), value)
    if (faults.length > 0) return failed(...faults)
    return changing(`${present === undefined ? 'made' : 'changed'} ${at}`, written)
  }

export const remove =
  <T>(resource: Resource<T>, id: string, expected: Expected = {}): Action =>
  environment => {
    const at = `${resource.word} ${id}`
    const present = resource.get(environment, id)
    if (present === undefined) return failed(notThere(at))
    const refused = refusedBy(unexpected(present, expected, at))
    if (refused !== undefined) return refused
    const leaving = resource.leaving(environment, present)
    if (!leaving.ok) return leaving
    const { kind, id: entryId } = resource.entry(present)
    return changing(`removed ${at}`, leaving.value.written, [{ kind, id: entryId }, ...leaving.value.removed])
  }
