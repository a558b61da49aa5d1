import type { Person } from '@rejoin/profile'
import { resolvePerson } from '../../directory/resolve.ts'
import type { Environment } from '../../environment/environment.ts'
import { ApiFailure } from '../../routes/failure.ts'
import { notThere } from '../change.ts'
import { setMember } from '../teams.ts'
import { answer, conflicts, createRoute, describedRoutes, failures, missing, z } from './described.ts'
import type { Doing } from './doing.ts'

/** What is asked of people beside the lists of them: members one by one, and what a user comes to be. */
export const peopleRoutes = (doing: Doing) => {
  const routes = describedRoutes()
  const member = z.object({ id: z.string(), user: z.string() })
  for (const [method, summary, joins] of [
    ['put', 'Take a user into a team', true],
    ['delete', 'Let a user out of a team', false],
  ] as const) {
    routes.openapi(
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

  routes.openapi(
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
  routes.openapi(
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

  routes.openapi(
    createRoute({
      method: 'get',
      path: '/conflicts',
      tags: ['users'],
      summary: 'Users whom several profiles claim alike: the newest assignment counts until somebody settles it (MB3)',
      responses: { 200: answer(z.object({ rows: z.array(effective) }), 'per user and app'), ...failures },
    }),
    context => {
      const { environment } = context.var.caller
      const rows = environment.people().flatMap(person =>
        effectiveProfiles(environment, person)
          .filter(({ conflict }) => conflict)
          .map(found => ({ user: person.id, ...found })),
      )
      return context.json({ rows } as never, 200)
    },
  )

  return routes
}

/** Per app, where the user has a profile in it; `version` is absent where that was never published. */
export const effectiveProfiles = (environment: Environment, person: Person) =>
  [...environment.profiles.apps.keys()].toSorted().flatMap(app => {
    const effective = environment.effectiveOf(person, app)
    if (effective === undefined) return []
    const { published, ...found } = effective
    return [{ app, ...found, ...(published === undefined ? {} : { version: published.version }) }]
  })
