import { ok, readProfile, shownProfile } from '@rejoin/profile'
import { ApiFailure } from '../../routes/failure.ts'
import {
  copying,
  discarding,
  drafting,
  faultsOf,
  placeOf,
  profileView,
  publishing,
  removingProfile,
} from '../profiles.ts'
import { expectedOf } from './conditions.ts'
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
import type { Doing } from './doing.ts'
import { params, shown, source, storedIn, tags, view, viewed } from './profile-view.ts'

/** @param now ms since 1970 */
export const profileRoutes = (doing: Doing, now: () => number) => {
  const routes = describedRoutes()
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles',
      tags,
      summary: 'The offline profiles',
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
      method: 'get',
      path: '/profiles/{id}',
      tags,
      summary: 'One profile: state, content, versions, drift, members',
      request: { params },
      responses: { 200: answer(view, 'the profile, with an ETag'), ...failures, ...missing },
    }),
    context => shown(context, context.var.caller.environment, context.req.valid('param').id),
  )

  routes.openapi(
    createRoute({
      method: 'put',
      path: '/profiles/{id}',
      tags,
      summary: 'Put the next draft; devices hear of it when it is published',
      description: 'Send If-Match with the ETag it was read with, or If-None-Match: * for a new one: 428 without.',
      request: { params, headers: conditions, body: taken(source) },
      responses: { ...viewed, ...unread },
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
      method: 'delete',
      path: '/profiles/{id}',
      tags,
      summary: 'Remove a profile that is attached to no app',
      request: { params, headers: conditions },
      responses: { 204: { description: 'it is gone' }, ...failures, ...missing, ...conflicts },
    }),
    async context => {
      const expected = expectedOf(name => context.req.header(name))
      await doing(context.var.caller, removingProfile(context.req.valid('param').id, expected))
      return context.body(null, 204)
    },
  )

  const told = z.object({ faults: z.array(z.looseObject({ code: z.string(), at: z.string(), message: z.string() })) })
  routes.openapi(
    createRoute({
      method: 'post',
      path: '/profiles/{id}/validate',
      tags,
      summary: 'Every fault that would keep it from publication',
      request: { params, body: { content: { 'application/json': { schema: source } } } },
      description: 'Of the content in the body; without a body of the draft, or of what is published.',
      responses: { 200: answer(told, 'none where it may be published'), ...failures, ...missing },
    }),
    async context => {
      const { environment } = context.var.caller
      const stored = storedIn(environment, context.req.valid('param').id)
      const body = await context.req.text()
      const content = body === '' ? ok(shownProfile(stored.life)) : readProfile(body)
      const faults = content.ok ? faultsOf(environment, content.value) : content.faults
      return context.json({ faults } as never, 200)
    },
  )

  for (const [name, summary, action] of [
    ['publish', 'Validate the draft and bring it to the devices', publishing],
    ['discard', 'Go back to what is published', discarding],
  ] as const) {
    routes.openapi(
      createRoute({
        method: 'post',
        path: `/profiles/{id}/${name}`,
        tags,
        summary,
        request: { params, headers: conditions },
        responses: { ...viewed, ...(name === 'publish' ? unread : {}) },
      }),
      async context => {
        const { id } = context.req.valid('param')
        const expected = expectedOf(header => context.req.header(header))
        // What reaches devices is what its publisher has read.
        if (name === 'publish' && expected.tag === undefined) throw unconditional(id)
        return shown(context, await doing(context.var.caller, action(id, now(), expected)), id)
      },
    )
  }

  routes.openapi(
    createRoute({
      method: 'post',
      path: '/profiles/{id}/copy',
      tags,
      summary: 'A profile of its own, not published, with no vendor',
      request: { params, body: taken(z.object({ id: z.string().min(1).max(200), name: z.string().min(1).max(200) })) },
      responses: viewed,
    }),
    async context => {
      const to = context.req.valid('json')
      const { id } = context.req.valid('param')
      return shown(context, await doing(context.var.caller, copying(id, to.id, to.name)), to.id)
    },
  )

  return routes
}

const unread = { 428: { description: 'no ETag was sent, as it was read' } } as const

const unconditional = (id: string): ApiFailure =>
  new ApiFailure(428, {
    code: 'precondition',
    at: placeOf(id),
    message: 'another administrator’s draft may be in its place by now',
    fix: 'send If-Match with the ETag it was read with, or If-None-Match: * for a new profile',
  })
