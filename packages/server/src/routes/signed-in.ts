import type { Person, Rights } from '@rejoin/profile'
import type { MiddlewareHandler } from 'hono'
import type { Core } from '../core.ts'
import type { Environment } from '../environment/environment.ts'
import { rightsIn } from '../environment/rights.ts'
import { ApiFailure } from './failure.ts'

/** Who asks, and what he may do in the environment as it is now. */
export interface Caller {
  readonly person: Person
  readonly rights: Rights
  readonly environment: Environment
  /** when the sign-in ends, ms since 1970 */
  readonly expires: number
}

export interface ApiEnv {
  Variables: { caller: Caller }
}

/** `Authorization: Bearer TOKEN`, the same token a device says hello with. */
export const signedIn =
  (core: Core): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(context.req.header('authorization') ?? '') ?? []
    if (token === undefined) throw unauthenticated('no token came with the request')
    const signedIn = await core.identity.verify(token)
    if (!signedIn.ok) throw unauthenticated(signedIn.why)
    const environment = core.environment()
    const person = environment.person(signedIn.user)
    if (person === undefined) {
      const fix = 'ask an administrator'
      throw new ApiFailure(403, { code: 'forbidden', at: 'user', message: 'no such user here', fix })
    }
    context.set('caller', { person, rights: rightsIn(environment, person), environment, expires: signedIn.expires })
    return next()
  }

const unauthenticated = (message: string): ApiFailure =>
  new ApiFailure(401, { code: 'unauthenticated', at: 'Authorization', message, fix: 'sign in again' })
