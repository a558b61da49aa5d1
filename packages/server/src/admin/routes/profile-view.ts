import { shownProfile } from '@rejoin/profile'
import type { Environment } from '../../environment/environment.ts'
import type { StoredProfile } from '../../environment/profiles.ts'
import { servingOf } from '../../inquiry/serving.ts'
import { ApiFailure } from '../../routes/failure.ts'
import { notThere } from '../change.ts'
import { faultsOf, placeOf, profileView } from '../profiles.ts'
import { etagOf } from './conditions.ts'
import { answer, conflicts, failures, missing, z } from './described.ts'

/** What the routes of profiles share: how one is asked for, and how it is answered. */
export const tags = ['profiles']
export const params = z.object({ id: z.string().min(1).max(200) })
export const source = z.looseObject({ name: z.string(), items: z.array(z.unknown()) }).openapi('Profile', {
  description: 'name, description and one item per table: filter, relationships, columns, interval',
})
export const view = z
  .looseObject({ id: z.string(), name: z.string(), state: z.enum(['Published', 'Unpublished']) })
  .openapi('ProfileView', {
    description: 'state, versions, drift, members, apps, what it takes to serve it, and the draft or what is published',
  })
export const viewed = { 200: answer(view, 'as it now is, with its ETag'), ...failures, ...missing, ...conflicts }

interface Answering {
  header(name: string, value: string): void
  json(value: never, status: 200): never
}

/** The profile as it now is, with its ETag; of one without faults also what it takes to serve it. */
export const shown = (context: unknown, environment: Environment, id: string): never => {
  const answering = context as Answering
  answering.header('ETag', etagOf(storedIn(environment, id)))
  const profile = shownProfile(storedIn(environment, id).life)
  const serving = faultsOf(environment, profile).length === 0 ? { serving: servingOf(environment, profile) } : {}
  return answering.json({ ...profileView(environment, id), ...serving } as never, 200)
}

/** @throws ApiFailure where there is none */
export const storedIn = ({ profiles }: Environment, id: string): StoredProfile => {
  const stored = profiles.lives.get(id)
  if (stored === undefined) throw new ApiFailure(404, notThere(placeOf(id)))
  return stored
}
