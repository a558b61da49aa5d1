import { changeSettings, settingsOf, settingsShape } from '../settings.ts'
import { etagOf, expectedOf } from './conditions.ts'
import { answer, conditions, conflicts, createRoute, describedRoutes, failures, taken, z } from './described.ts'
import type { Doing } from './doing.ts'

export const settingsRoutes = (doing: Doing) => {
  const routes = describedRoutes()
  const settings = settingsShape as unknown as z.ZodObject
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/settings',
      tags: ['settings'],
      summary: 'How conflicts are settled, and how deep the hierarchy counts',
      responses: { 200: answer(settings, 'the settings, with an ETag'), ...failures },
    }),
    context => {
      const value = settingsOf(context.var.caller.environment)
      context.header('ETag', etagOf(value))
      return context.json(value as never, 200)
    },
  )
  routes.openapi(
    createRoute({
      method: 'patch',
      path: '/settings',
      tags: ['settings'],
      summary: 'Change some of them; what is left out stays, `null` for a table lets it follow the environment again',
      request: { headers: conditions, body: taken(settings) },
      responses: { 200: answer(settings, 'as they now are'), ...failures, ...conflicts },
    }),
    async context => {
      const expected = expectedOf(name => context.req.header(name))
      const value = settingsOf(await doing(context.var.caller, changeSettings(context.req.valid('json'), expected)))
      context.header('ETag', etagOf(value))
      return context.json(value as never, 200)
    },
  )

  return routes
}
