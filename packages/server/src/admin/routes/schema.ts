import { putSchema, schemaSource } from '../schema.ts'
import { etagOf, expectedOf } from './conditions.ts'
import { answer, conditions, conflicts, createRoute, describedRoutes, failures, taken, z } from './described.ts'
import type { Doing } from './doing.ts'

export const schemaRoutes = (doing: Doing) => {
  const routes = describedRoutes()
  const schema = z.looseObject({ tables: z.array(z.looseObject({ name: z.string() })) }).openapi('Schema')
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/schema',
      tags: ['schema'],
      summary: 'Tables, columns and relationships, without roles',
      responses: { 200: answer(schema, 'the schema, with an ETag'), ...failures },
    }),
    context => {
      const value = schemaSource(context.var.caller.environment.schema)
      context.header('ETag', etagOf(value))
      return context.json(value as never, 200)
    },
  )
  routes.openapi(
    createRoute({
      method: 'put',
      path: '/schema',
      tags: ['schema'],
      summary: 'Put another schema in its place; it gets a version of its own',
      description: 'What would take values from records is refused unless `lose` is `true`.',
      request: {
        headers: conditions,
        query: z.object({ lose: z.enum(['true', 'false']).optional() }),
        body: taken(schema),
      },
      responses: { 200: answer(schema, 'as it now is'), ...failures, ...conflicts },
    }),
    async context => {
      const expected = expectedOf(name => context.req.header(name))
      const lose = context.req.valid('query').lose === 'true'
      const after = await doing(context.var.caller, putSchema(context.req.valid('json'), { ...expected, lose }))
      const value = schemaSource(after.schema)
      context.header('ETag', etagOf(value))
      return context.json(value as never, 200)
    },
  )

  return routes
}
