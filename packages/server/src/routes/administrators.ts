import type { MiddlewareHandler } from 'hono'
import { isAdministrator } from '../admin/administrator.ts'
import { ApiFailure } from './failure.ts'
import type { ApiEnv } from './signed-in.ts'

/** Lets administrators pass, by the environment as it is now. */
export const administrators: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const { environment, person } = context.var.caller
  if (isAdministrator(environment.schema, person)) return next()
  throw new ApiFailure(403, { code: 'forbidden', at: context.req.path, message: 'this is for administrators' })
}
