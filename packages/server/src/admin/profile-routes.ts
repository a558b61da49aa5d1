import { compareProfiles, customisationOf, definitionOf, profileText, shownProfile, versionOf } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import type { StoredProfile } from '../environment/profiles.ts'
import { ApiFailure } from '../routes/failure.ts'
import { notThere } from './change.ts'
import { etagOf, expectedOf } from './conditions.ts'
import {
  answer,
  conditions,
  conflicts,
  createRoute,
  describedRoutes,
  failures,
  missing,
  taken,
  z,
} from './described.ts'
import { type Doing, valueOf } from './doing.ts'
import { assigning } from './members.ts'
import {
  copying,
  discarding,
  drafting,
  faultsOf,
  managedOf,
  placeOf,
  profileView,
  publishing,
  receiving,
  removingProfile,
  settling,
} from './profiles.ts'

const tags = ['profiles']
const params = z.object({ id: z.string().min(1).max(200) })
const source = z.looseObject({ name: z.string(), items: z.array(z.unknown()) }).openapi('Profile', {
  description: 'name, description and one item per table: filter, relationships, columns, interval',
})
const view = z
  .looseObject({ id: z.string(), name: z.string(), state: z.enum(['Published', 'Unpublished']) })
  .openapi('ProfileView', { description: 'state, versions, drift, members, apps, and the draft or what is published' })
const ids = z.object({ users: z.array(z.string()).optional(), teams: z.array(z.string()).optional() })
const viewed = { 200: answer(view, 'as it now is, with its ETag'), ...failures, ...missing, ...conflicts }

/** @param now ms since 1970 */
export const profileRoutes = (doing: Doing, now: () => number) => {
  const routes = describedRoutes()

  routes.openapi(
    createRoute({
      ...{ method: 'get', path: '/profiles', tags, summary: 'The offline profiles' },
      responses: { 200: answer(z.object({ rows: z.array(view) }), 'each without its content'), ...failures },
    }),
    context => {
      const { environment } = context.var.caller
      const rows = [...environment.profiles.lives.keys()].toSorted().map(id => {
        const { shown: _shown, members, ...row } = profileView(environment, id)!
        return { ...row, members: { users: members.users.length, teams: members.teams.length } }
      })
      return context.json({ rows } as never, 200)
    },
  )

  routes.openapi(
    createRoute({
      ...{
        method: 'get',
        path: '/profiles/{id}',
        tags,
        summary: 'One profile: state, content, versions, drift, members',
      },
      request: { params },
      responses: { 200: answer(view, 'the profile, with an ETag'), ...failures, ...missing },
    }),
    context => shown(context, context.var.caller.environment, context.req.valid('param').id),
  )

  routes.openapi(
    createRoute({
      ...{
        method: 'put',
        path: '/profiles/{id}',
        tags,
        summary: 'Put the next draft; devices hear of it when it is published',
      },
      description: 'Send If-Match with the ETag it was read with, or If-None-Match: * for a new one: 428 without.',
      request: { params, headers: conditions, body: taken(source) },
      responses: { ...viewed, 428: { description: 'neither If-Match nor If-None-Match was sent' } },
    }),
    async context => {
      const { id } = context.req.valid('param')
      const expected = expectedOf(name => context.req.header(name))
      if (expected.tag === undefined && expected.absent === undefined) throw unconditional(id)
      return shown(context, await doing(context.var.caller, drafting(id, context.req.valid('json'), expected)), id)
    },
  )

  routes.openapi(
    createRoute({
      ...{ method: 'delete', path: '/profiles/{id}', tags, summary: 'Remove a profile that is attached to no app' },
      request: { params, headers: conditions },
      responses: { 204: { description: 'it is gone' }, ...failures, ...missing, ...conflicts },
    }),
    async context => {
      const expected = expectedOf(name => context.req.header(name))
      await doing(context.var.caller, removingProfile(context.req.valid('param').id, expected))
      return context.body(null, 204)
    },
  )

  const faults = z.object({ faults: z.array(z.looseObject({ code: z.string(), at: z.string(), message: z.string() })) })
  routes.openapi(
    createRoute({
      ...{
        method: 'post',
        path: '/profiles/{id}/validate',
        tags,
        summary: 'Every fault that would keep it from publication',
      },
      request: { params, body: { content: { 'application/json': { schema: source } } } },
      description: 'Of the content in the body; without a body of the draft, or of what is published.',
      responses: { 200: answer(faults, 'none where it may be published'), ...failures, ...missing },
    }),
    async context => {
      const { environment } = context.var.caller
      const stored = storedIn(environment, context.req.valid('param').id)
      const body = await context.req.text()
      const content = body === '' ? shownProfile(stored.life) : (JSON.parse(body) as unknown)
      return context.json({ faults: faultsOf(environment, content) } as never, 200)
    },
  )

  for (const [name, summary, action] of [
    ['publish', 'Validate the draft and bring it to the devices', publishing],
    ['discard', 'Go back to what is published', (id: string, _at: number, expected = {}) => discarding(id, expected)],
  ] as const) {
    routes.openapi(
      createRoute({
        ...{ method: 'post', path: `/profiles/{id}/${name}`, tags, summary },
        request: { params, headers: conditions },
        responses: viewed,
      }),
      async context => {
        const { id } = context.req.valid('param')
        const expected = expectedOf(header => context.req.header(header))
        return shown(context, await doing(context.var.caller, action(id, now(), expected)), id)
      },
    )
  }

  routes.openapi(
    createRoute({
      ...{
        method: 'post',
        path: '/profiles/{id}/copy',
        tags,
        summary: 'A profile of its own, not published, with no vendor',
      },
      request: { params, body: taken(z.object({ id: z.string().min(1).max(200), name: z.string().min(1).max(200) })) },
      responses: viewed,
    }),
    async context => {
      const to = context.req.valid('json')
      const { id } = context.req.valid('param')
      return shown(context, await doing(context.var.caller, copying(id, to.id, to.name)), to.id)
    },
  )

  const version = z.object({ ...params.shape, version: z.coerce.number().int().positive() })
  routes.openapi(
    createRoute({
      ...{ method: 'get', path: '/profiles/{id}/versions/{version}', tags, summary: 'A publication, as it was' },
      request: { params: version },
      responses: { 200: answer(source, 'its content'), ...failures, ...missing },
    }),
    context => {
      const { id, version: number } = context.req.valid('param')
      return context.json(contentOf(storedIn(context.var.caller.environment, id), id, number) as never, 200)
    },
  )

  routes.openapi(
    createRoute({
      ...{
        method: 'get',
        path: '/profiles/{id}/difference',
        tags,
        summary: 'How two versions differ; without `to` the draft',
      },
      request: {
        params,
        query: z.object({
          from: z.coerce.number().int().positive(),
          to: z.coerce.number().int().positive().optional(),
        }),
      },
      responses: { 200: answer(z.looseObject({}), 'items added, removed and changed'), ...failures, ...missing },
    }),
    context => {
      const { id } = context.req.valid('param')
      const { from, to } = context.req.valid('query')
      const stored = storedIn(context.var.caller.environment, id)
      const after = to === undefined ? shownProfile(stored.life) : contentOf(stored, id, to)
      return context.json(compareProfiles(contentOf(stored, id, from), after) as never, 200)
    },
  )

  routes.openapi(
    createRoute({
      ...{
        method: 'get',
        path: '/profiles/{id}/export',
        tags,
        summary: 'The content as one JSON document, fit for git',
      },
      description: 'Profiles that mean the same are the same text. Put it back with PUT.',
      request: { params },
      responses: { 200: answer(source, 'the draft, or what is published'), ...failures, ...missing },
    }),
    context => {
      const { life } = storedIn(context.var.caller.environment, context.req.valid('param').id)
      return context.body(profileText(shownProfile(life)), 200, { 'Content-Type': 'application/json' }) as never
    },
  )

  routes.openapi(
    createRoute({
      ...{
        method: 'patch',
        path: '/profiles/{id}/members',
        tags,
        summary: 'Give it to users and teams, take it from others',
      },
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

  routes.openapi(
    createRoute({
      ...{
        method: 'get',
        path: '/profiles/{id}/vendor',
        tags,
        summary: 'The vendor’s default beside what became of it',
      },
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
      ...{ method: 'put', path: '/profiles/{id}/vendor', tags, summary: 'Receive the vendor’s next default' },
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
        ...{ method: 'post', path: `/profiles/{id}/vendor/{table}/${name}`, tags },
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

interface Answering {
  header(name: string, value: string): void
  json(value: never, status: 200): never
}

const shown = (context: unknown, environment: Environment, id: string): never => {
  const answering = context as Answering
  answering.header('ETag', etagOf(storedIn(environment, id)))
  return answering.json(profileView(environment, id) as never, 200)
}

const storedIn = ({ profiles }: Environment, id: string): StoredProfile => {
  const stored = profiles.lives.get(id)
  if (stored === undefined) throw new ApiFailure(404, notThere(placeOf(id)))
  return stored
}

const contentOf = ({ life }: StoredProfile, id: string, version: number) => {
  const publication = versionOf(life, version)
  if (publication === undefined) throw new ApiFailure(404, notThere(`${placeOf(id)}, version ${version}`))
  return definitionOf(publication)
}

const unconditional = (id: string): ApiFailure =>
  new ApiFailure(428, {
    code: 'precondition',
    at: placeOf(id),
    message: 'another administrator’s draft may be in its place by now',
    fix: 'send If-Match with the ETag it was read with, or If-None-Match: * for a new profile',
  })
