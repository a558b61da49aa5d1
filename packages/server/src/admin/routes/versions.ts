import {
  compareProfiles,
  definitionOf,
  profileText,
  type ProfileSource,
  shownProfile,
  versionOf,
} from '@rejoin/profile'
import type { StoredProfile } from '../../environment/profiles.ts'
import { ApiFailure } from '../../routes/failure.ts'
import { notThere } from '../change.ts'
import { placeOf } from '../profiles.ts'
import { answer, createRoute, describedRoutes, failures, missing, z } from './described.ts'
import { params, source, storedIn, tags } from './profile-view.ts'

/** Publications as they were, how they differ, and the content as a document. */
export const versionRoutes = () => {
  const routes = describedRoutes()
  const version = z.object({ ...params.shape, version: z.coerce.number().int().positive() })
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/versions/{version}',
      tags,
      summary: 'A publication, as it was',
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
      method: 'get',
      path: '/profiles/{id}/difference',
      tags,
      summary: 'How two versions differ; without `to` the draft',
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
      method: 'get',
      path: '/profiles/{id}/export',
      tags,
      summary: 'The content as one JSON document, fit for git',
      description: 'Profiles that mean the same are the same text. Put it back with PUT.',
      request: { params },
      responses: { 200: answer(source, 'the draft, or what is published'), ...failures, ...missing },
    }),
    context => {
      const { life } = storedIn(context.var.caller.environment, context.req.valid('param').id)
      return context.body(profileText(shownProfile(life)), 200, { 'Content-Type': 'application/json' }) as never
    },
  )

  return routes
}

/** @throws ApiFailure where there is no such version */
export const contentOf = ({ life }: StoredProfile, id: string, version: number): ProfileSource => {
  const publication = versionOf(life, version)
  if (publication === undefined) throw new ApiFailure(404, notThere(`${placeOf(id)}, version ${version}`))
  return definitionOf(publication)
}
