import type { Fault } from '@rejoin/profile'
import { ApiFailure } from '../../routes/failure.ts'
import { notThere } from '../change.ts'
import { put, remove, type Resource } from '../resource.ts'
import { etagOf, expectedOf } from './conditions.ts'
import {
  conditions,
  conflicts,
  createRoute,
  describedRoutes,
  answer,
  failures,
  missing,
  taken,
  z,
} from './described.ts'
import type { Doing } from './doing.ts'

const MOST = 1_000

const listing = z.object({
  search: z.string().max(200).optional().openapi({ description: 'a part of the id or name, in any case' }),
  after: z.string().max(300).optional().openapi({ description: 'the `next` of the page before' }),
  limit: z.coerce.number().int().min(1).max(MOST).optional(),
})

/** List, read, put and delete: the same four for every kind of thing an administrator keeps. */
export const resourceRoutes = <T extends object>(resource: Resource<T>, doing: Doing) => {
  const { word, plural, shape, path } = resource
  const tags = [plural]
  const address = `/${plural}/${path.map(part => `{${part}}`).join('/')}`
  const params = z.object(Object.fromEntries(path.map(part => [part, z.string()])))
  const schema = (shape as unknown as z.ZodType<T>).openapi(word[0]!.toUpperCase() + word.slice(1))
  const page = z.object({ rows: z.array(schema), next: z.string().optional() })
  const at = (asked: Readonly<Record<string, string>>): string => path.map(part => asked[part]).join('/')

  const routes = describedRoutes()
  routes.openapi(
    createRoute({
      method: 'get',
      path: `/${plural}`,
      tags,
      summary: `The ${plural}, in order of their ids`,
      description: resource.about,
      request: { query: listing },
      responses: { 200: answer(page, 'a page of them; `next` is absent on the last'), ...failures },
    }),
    context => {
      const { search = '', after = '', limit = 100 } = context.req.valid('query')
      const wanted = search.toLowerCase()
      const found = [...resource.list(context.var.caller.environment)]
        .map(value => ({ value, id: resource.idOf(value) }))
        .filter(({ value, id }) => id > after && textOf(value, id).includes(wanted))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const rows = found.slice(0, limit)
      const next = found.length > limit ? { next: rows.at(-1)!.id } : {}
      return context.json({ rows: rows.map(({ value }) => value), ...next } as never, 200)
    },
  )
  routes.openapi(
    createRoute({
      method: 'get',
      path: address,
      tags,
      summary: `One ${word}`,
      request: { params },
      responses: { 200: answer(schema, `the ${word}, with an ETag`), ...failures, ...missing },
    }),
    context => {
      const id = at(context.req.valid('param'))
      const value = resource.get(context.var.caller.environment, id)
      if (value === undefined) throw new ApiFailure(404, notThere(`${word} ${id}`))
      context.header('ETag', etagOf(value))
      return context.json(value as never, 200)
    },
  )
  routes.openapi(
    createRoute({
      method: 'put',
      path: address,
      tags,
      summary: `Make a ${word}, or put another in its place`,
      request: { params, headers: conditions, body: taken(schema) },
      responses: { 200: answer(schema, 'as it now is, with its ETag'), ...failures, ...conflicts },
    }),
    async context => {
      const id = at(context.req.valid('param'))
      const value = context.req.valid('json') as T
      if (resource.idOf(value) !== id) throw new ApiFailure(422, elsewhere(word, id))
      const expected = expectedOf(name => context.req.header(name))
      const after = await doing(context.var.caller, put(resource, value, expected))
      const now = resource.get(after, id)!
      context.header('ETag', etagOf(now))
      return context.json(now as never, 200)
    },
  )
  routes.openapi(
    createRoute({
      method: 'delete',
      path: address,
      tags,
      summary: `Remove a ${word}`,
      request: { params, headers: conditions },
      responses: { 204: { description: 'it is gone' }, ...failures, ...missing, ...conflicts },
    }),
    async context => {
      const id = at(context.req.valid('param'))
      await doing(
        context.var.caller,
        remove(
          resource,
          id,
          expectedOf(name => context.req.header(name)),
        ),
      )
      return context.body(null, 204)
    },
  )
  return routes
}

const textOf = (value: object, id: string): string =>
  ('name' in value ? `${id} ${String(value.name)}` : id).toLowerCase()

const elsewhere = (word: string, id: string): Fault => ({
  code: 'id',
  at: `${word} ${id}`,
  message: 'the body has another id than the address',
  fix: 'send both alike; to change an id, make another one',
})
