import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { ZodError } from 'zod'
import { ApiFailure } from '../../routes/failure.ts'
import type { ApiEnv } from '../../routes/signed-in.ts'

/** The parts every description of a route is made of. */
export const faultBody = z
  .object({
    code: z.string(),
    at: z.string().openapi({ description: 'where: the user, table, column or field' }),
    message: z.string(),
    fix: z.string().optional().openapi({ description: 'what to do' }),
    faults: z
      .array(z.object({ code: z.string(), at: z.string(), message: z.string(), fix: z.string().optional() }))
      .optional()
      .openapi({ description: 'where several things are wrong: all of them' }),
  })
  .openapi('Fault')

const failure = (description: string) => ({ description, content: { 'application/json': { schema: faultBody } } })

/** What any request may be answered with beside success. */
export const failures = {
  400: failure('the request cannot be read'),
  401: failure('no valid token came'),
  403: failure('the user administers nothing here'),
}
export const missing = { 404: failure('there is no such thing') }
export const conflicts = {
  409: failure('it is there already, in use, or would shut every administrator out'),
  412: failure('it was changed since it was read (If-Match)'),
  422: failure('it is refused: every fault, with its place'),
}

export const answer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const taken = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

export const conditions = z.object({
  'if-match': z.string().optional().openapi({ description: 'an ETag: only if it is still as it was read' }),
  'if-none-match': z.string().optional().openapi({ description: '`*`: only if it is not there yet' }),
})

/** Routes whose malformed requests are answered as everywhere else. */
export const describedRoutes = (): OpenAPIHono<ApiEnv> =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: result => {
      if (!result.success) throw malformed(result.target, result.error as ZodError)
    },
  })

const malformed = (target: string, error: ZodError): ApiFailure => {
  const where = target === 'json' ? 'body' : target
  const faults = error.issues.map(({ path, message }) => ({
    code: 'malformed',
    at: [where, ...path.map(String)].join(' '),
    message,
  }))
  return new ApiFailure(400, { ...faults[0]!, ...(faults.length > 1 ? { faults } : {}) })
}

export { createRoute, z }
