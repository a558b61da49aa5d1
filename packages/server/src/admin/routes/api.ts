import type { MiddlewareHandler } from 'hono'
import type { Core } from '../../core.ts'
import { ApiFailure } from '../../routes/failure.ts'
import { type ApiEnv, signedIn } from '../../routes/signed-in.ts'
import { isAdministrator } from '../administrator.ts'
import { administration } from './administration.ts'

/** The administration of a relay, for users with a role that says `admin`. @param now ms since 1970 */
export const adminRoutes = (core: Core, now: () => number) =>
  administration({
    storage: core.storage,
    environment: () => core.environment(),
    changed: () => core.reload(),
    now,
    guarded: true,
    door: [signedIn(core), administrators],
  })

/** Whoever else asks learns that there is an administration, and nothing of it. */
const administrators: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const { environment, person } = context.var.caller
  if (!isAdministrator(environment.schema, person)) {
    const fix = 'ask an administrator, or sign in as one'
    throw new ApiFailure(403, { code: 'forbidden', at: 'user', message: 'you administer nothing here', fix })
  }
  return next()
}
