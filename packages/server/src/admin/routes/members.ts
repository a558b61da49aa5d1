import { assigning } from '../members.ts'
import { createRoute, describedRoutes, taken, z } from './described.ts'
import type { Doing } from './doing.ts'
import { params, shown, tags, viewed } from './profile-view.ts'

const ids = z.object({ users: z.array(z.string()).optional(), teams: z.array(z.string()).optional() })

/** @param now ms since 1970 */
export const memberRoutes = (doing: Doing, now: () => number) => {
  const routes = describedRoutes()
  routes.openapi(
    createRoute({
      method: 'patch',
      path: '/profiles/{id}/members',
      tags,
      summary: 'Give it to users and teams, take it from others',
      description: 'All of it or nothing; no publication is needed.',
      request: { params, body: taken(z.object({ add: ids.optional(), remove: ids.optional() })) },
      responses: viewed,
    }),
    async context => {
      const { id } = context.req.valid('param')
      const { add = {}, remove = {} } = context.req.valid('json')
      return shown(context, await doing(context.var.caller, assigning(id, add, remove, now())), id)
    },
  )

  return routes
}
