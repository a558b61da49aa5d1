import type { Person } from '@rejoin/profile'
import type { MiddlewareHandler } from 'hono'
import type { Core } from '../core.ts'
import { resolvePerson } from '../directory/resolve.ts'
import type { Environment } from '../environment/environment.ts'
import { ApiFailure } from '../routes/failure.ts'
import { type ApiEnv, signedIn } from '../routes/signed-in.ts'
import { isAdministrator } from './administrator.ts'
import { apps } from './apps.ts'
import { readAudit } from './audit.ts'
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
import { doingOf } from './doing.ts'
import { describePage } from './page.ts'
import { profileRoutes } from './profile-routes.ts'
import { resourceRoutes } from './resource-routes.ts'
import { roles } from './roles.ts'
import { putSchema, schemaSource } from './schema.ts'
import { changeSettings, settingsOf, settingsShape } from './settings.ts'
import { shares } from './shares.ts'
import { setMember, teams } from './teams.ts'
import { units } from './units.ts'
import { users } from './users.ts'

/**
 * The administration over HTTP: who people are, what they may do, what is offline, how conflicts are settled. For users
 * with a role that says `admin`; described at `openapi.json`, and for reading at the address itself.
 *
 * @param now ms since 1970
 */
export const adminRoutes = (core: Core, now: () => number) => {
  const doing = doingOf(core, now)
  const api = describedRoutes()
  api.get('/', context => {
    context.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    return context.html(describePage(api.getOpenAPI31Document(document)))
  })
  api.get('/openapi.json', context => context.json(api.getOpenAPI31Document(document)))
  api.use(signedIn(core), administrators)
  for (const routes of [
    resourceRoutes(users, doing),
    resourceRoutes(teams, doing),
    resourceRoutes(units, doing),
    resourceRoutes(roles, doing),
    resourceRoutes(shares, doing),
    resourceRoutes(apps, doing),
    profileRoutes(doing, now),
  ]) {
    api.route('/', routes)
  }

  const member = z.object({ id: z.string(), user: z.string() })
  for (const [method, summary, joins] of [
    ['put', 'Take a user into a team', true],
    ['delete', 'Let a user out of a team', false],
  ] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/teams/{id}/members/{user}',
        tags: ['teams'],
        summary,
        request: { params: member },
        responses: { 204: { description: 'done, or so before' }, ...failures, ...missing, ...conflicts },
      }),
      async context => {
        const { id, user } = context.req.valid('param')
        await doing(context.var.caller, setMember(id, user, joins))
        return context.body(null, 204)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/users/{id}/resolved',
      tags: ['users'],
      summary: 'What filters and rights ask about a user: teams, all roles, everybody below, shared records',
      request: { params: z.object({ id: z.string() }) },
      responses: { 200: answer(z.looseObject({ id: z.string() }), 'the person'), ...failures, ...missing },
    }),
    context => {
      const { id } = context.req.valid('param')
      const person = resolvePerson(context.var.caller.environment.directory, id)
      if (person === undefined) throw new ApiFailure(404, notThere(`user ${id}`))
      return context.json(person as never, 200)
    },
  )

  const effective = z.looseObject({ app: z.string(), profile: z.string(), why: z.string(), conflict: z.boolean() })
  api.openapi(
    createRoute({
      method: 'get',
      path: '/users/{id}/profiles',
      tags: ['users'],
      summary: 'Which profile a user has in each app, and why; `conflict` where several claim him alike',
      request: { params: z.object({ id: z.string() }) },
      responses: { 200: answer(z.object({ rows: z.array(effective) }), 'per app'), ...failures, ...missing },
    }),
    context => {
      const { id } = context.req.valid('param')
      const { environment } = context.var.caller
      const person = environment.person(id)
      if (person === undefined) throw new ApiFailure(404, notThere(`user ${id}`))
      return context.json({ rows: effectiveProfiles(environment, person) } as never, 200)
    },
  )

  const settings = settingsShape as unknown as z.ZodObject
  api.openapi(
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
  api.openapi(
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

  const schema = z.looseObject({ tables: z.array(z.looseObject({ name: z.string() })) }).openapi('Schema')
  api.openapi(
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
  api.openapi(
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

  const audited = z.object({
    number: z.number(),
    at: z.number().openapi({ description: 'ms since 1970' }),
    by: z.string(),
    what: z.string(),
    entries: z.array(z.object({ kind: z.string(), id: z.string() })),
  })
  api.openapi(
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
      const changes = await core.storage.snapshot(view => readAudit(view, limit, before))
      return context.json({ changes } as never, 200)
    },
  )
  return api
}

/** Per app, where the user has a profile in it; `version` is absent where that was never published. */
export const effectiveProfiles = (environment: Environment, person: Person) =>
  [...environment.profiles.apps.keys()].toSorted().flatMap(app => {
    const effective = environment.effectiveOf(person, app)
    if (effective === undefined) return []
    const { published, ...found } = effective
    return [{ app, ...found, ...(published === undefined ? {} : { version: published.version }) }]
  })

const document = {
  openapi: '3.1.0',
  info: { title: 'Rejoin administration', version: '1' },
  servers: [{ url: '.' }],
  security: [{ bearer: [] }],
}

/** Whoever else asks learns that there is an administration, and nothing of it. */
const administrators: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const { environment, person } = context.var.caller
  if (!isAdministrator(environment.schema, person)) {
    const fix = 'ask an administrator, or sign in as one'
    throw new ApiFailure(403, { code: 'forbidden', at: 'user', message: 'you administer nothing here', fix })
  }
  return next()
}
