import { customisationOf } from '@rejoin/profile'
import { managedOf, receiving, settling } from '../profiles.ts'
import { expectedOf } from './conditions.ts'
import { answer, conditions, createRoute, describedRoutes, failures, missing, taken, z } from './described.ts'
import { type Doing, valueOf } from './doing.ts'
import { params, shown, source, storedIn, tags, viewed } from './profile-view.ts'

/** A managed default (MG): what its vendor gives, and what of it is taken. @param now ms since 1970 */
export const vendorRoutes = (doing: Doing, now: () => number) => {
  const routes = describedRoutes()
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/vendor',
      tags,
      summary: 'The vendor’s default beside what became of it',
      request: { params },
      responses: { 200: answer(z.looseObject({}), 'pristine, customised and the difference'), ...failures, ...missing },
    }),
    context => {
      const { id } = context.req.valid('param')
      const managed = valueOf(managedOf(id, storedIn(context.var.caller.environment, id)))
      return context.json(customisationOf(managed) as never, 200)
    },
  )
  routes.openapi(
    createRoute({
      method: 'put',
      path: '/profiles/{id}/vendor',
      tags,
      summary: 'Receive the vendor’s next default',
      description: 'Relationships are merged; filters nobody edited wait to be taken or refused.',
      request: { params, headers: conditions, body: taken(source) },
      responses: viewed,
    }),
    async context => {
      const { id } = context.req.valid('param')
      const expected = expectedOf(name => context.req.header(name))
      const action = receiving(id, context.req.valid('json'), now(), expected)
      return shown(context, await doing(context.var.caller, action), id)
    },
  )
  for (const [name, takes] of [
    ['take', true],
    ['refuse', false],
  ] as const) {
    routes.openapi(
      createRoute({
        method: 'post',
        path: `/profiles/{id}/vendor/{table}/${name}`,
        tags,
        summary: `${takes ? 'Take' : 'Refuse'} the vendor’s filter of a table`,
        request: { params: z.object({ ...params.shape, table: z.string() }), headers: conditions },
        responses: viewed,
      }),
      async context => {
        const { id, table } = context.req.valid('param')
        const expected = expectedOf(header => context.req.header(header))
        return shown(context, await doing(context.var.caller, settling(id, table, takes, expected)), id)
      },
    )
  }
  return routes
}
