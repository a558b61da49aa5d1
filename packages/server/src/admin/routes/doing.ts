import { type Fault, type Result } from '@rejoin/profile'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Core } from '../../core.ts'
import type { Environment } from '../../environment/environment.ts'
import { ApiFailure } from '../../routes/failure.ts'
import type { Caller } from '../../routes/signed-in.ts'
import { administer } from '../administer.ts'
import type { Action } from '../change.ts'

/** Carries out actions of whoever asks, and lets the relay follow. */
export type Doing = (caller: Caller, action: Action) => Promise<Environment>

/** @throws ApiFailure naming every fault; nothing was changed then */
export const doingOf =
  (core: Core, now: () => number): Doing =>
  async ({ person }, action) => {
    const known = core.environment()
    const done = await administer({ storage: core.storage, now, known, guarded: true }, person.id, action)
    if (!done.ok) throw refused(done.faults)
    await core.reload()
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
