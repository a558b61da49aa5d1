import { type Fault, type Result } from '@rejoin/profile'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Environment } from '../../environment/environment.ts'
import { ApiFailure } from '../../routes/failure.ts'
import type { Caller } from '../../routes/signed-in.ts'
import type { Storage } from '../../storage/storage.ts'
import { administer } from '../administer.ts'
import type { Action } from '../change.ts'

/** Carries out actions of whoever asks, and lets the relay follow. */
export type Doing = (caller: Caller, action: Action) => Promise<Environment>

export interface DoingParts {
  readonly storage: Storage
  /** as far as it is known here */
  environment(): Environment
  /** after each change */
  changed(after: Environment): Promise<void>
  /** ms since 1970 */
  readonly now: () => number
  /** refuse what shuts every administrator out */
  readonly guarded: boolean
}

/** @throws ApiFailure naming every fault; nothing was changed then */
export const doingOf =
  ({ environment, changed, ...parts }: DoingParts): Doing =>
  async ({ person }, action) => {
    const done = await administer({ ...parts, known: environment() }, person.id, action)
    if (!done.ok) throw refused(done.faults)
    await changed(done.value)
    return done.value
  }

export const refused = (faults: readonly Fault[]): ApiFailure => {
  const [first] = faults
  return new ApiFailure(statuses[first!.code] ?? 422, { ...first!, ...(faults.length > 1 ? { faults } : {}) })
}

const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  'not-found': 404,
  exists: 409,
  'in-use': 409,
  'last-role': 409,
  'last-administrator': 409,
  'would-lose': 409,
  changed: 412,
}

/** @throws ApiFailure */
export const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw refused(result.faults)
  return result.value
}
