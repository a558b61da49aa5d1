import type { Storage } from '../../storage/storage.ts'
import { readAudit } from '../audit.ts'
import { answer, createRoute, describedRoutes, failures, z } from './described.ts'

export const auditRoutes = (storage: Storage) => {
  const routes = describedRoutes()
  const audited = z.object({
    number: z.number(),
    at: z.number().openapi({ description: 'ms since 1970' }),
    by: z.string(),
    what: z.string(),
    entries: z.array(z.object({ kind: z.string(), id: z.string() })),
  })
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/audit',
      tags: ['audit'],
      summary: 'Who changed what and when, newest first',
      request: {
        query: z.object({
          before: z.coerce.number().int().positive().optional(),
          limit: z.coerce.number().int().min(1).max(200).optional(),
        }),
      },
      responses: { 200: answer(z.object({ changes: z.array(audited) }), 'changes of the environment'), ...failures },
    }),
    async context => {
      const { before, limit = 50 } = context.req.valid('query')
      const changes = await storage.snapshot(view => readAudit(view, limit, before))
      return context.json({ changes } as never, 200)
    },
  )
  return routes
}
