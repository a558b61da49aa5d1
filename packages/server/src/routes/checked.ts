import { validator } from 'hono/validator'
import type { z } from 'zod'
import { ApiFailure } from './failure.ts'

/** Bodies and queries against a shape; what is wrong is named by its place. The typed client reads the shape's type. */
export const jsonOf = <T>(shape: z.ZodType<T>) =>
  validator('json', (value: unknown): T => checked(shape, value, 'body'))

export const queryOf = <T extends Record<string, string | undefined>>(shape: z.ZodType<T>) =>
  validator('query', (value: unknown): T => checked(shape, value, 'query'))

const checked = <T>(shape: z.ZodType<T>, value: unknown, where: string): T => {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => ({
    code: 'malformed',
    at: [where, ...path].join(' '),
    message,
  }))
  throw new ApiFailure(400, { ...faults[0]!, ...(faults.length > 1 ? { faults } : {}) })
}
