import { setImmediate } from 'node:timers/promises'
import { driftOf, type Person, type ProfileSource, shownProfile, versionOf } from '@rejoin/profile'
import type { Environment } from '../../environment/environment.ts'
import { dryRun } from '../../inquiry/dry-run.ts'
import { explain } from '../../inquiry/explain.ts'
import { type Gains, gainedIds, gainsOf } from '../../inquiry/gains.ts'
import { servingOf } from '../../inquiry/serving.ts'
import { ApiFailure } from '../../routes/failure.ts'
import type { Storage } from '../../storage/storage.ts'
import { notThere } from '../change.ts'
import { faultsOf, placeOf } from '../profiles.ts'
import { answer, createRoute, describedRoutes, failures, missing, z } from './described.ts'
import { refused, valueOf } from './doing.ts'
import { params, storedIn, tags } from './profile-view.ts'
import { contentOf } from './versions.ts'

/** What an administrator asks before he publishes, and when somebody misses a record. Nothing is changed by it. */
export const inquiryRoutes = (storage: Storage, now: () => number) => {
  const routes = describedRoutes()
  const invalid = { 422: { description: 'the draft could not be published: every fault' } }
  const version = z.coerce.number().int().positive().optional()
  const users = z.string().optional().openapi({ description: 'ids between commas, or * for everybody; default: those who have the profile' }) // prettier-ignore
  const limit = z.coerce.number().int().min(1).max(1_000).default(100)
  const at = z.coerce.number().int().optional().openapi({ description: 'what relative dates mean, ms since 1970; default now' }) // prettier-ignore
  const told = z.looseObject({})

  routes.openapi(
    createRoute({
      method: 'get',
      path: '/explain',
      tags: ['users'],
      summary: 'Why a record is, is not, or is no longer on a user’s devices',
      request: { query: z.object({ user: z.string(), table: z.string(), id: z.string(), app: z.string().default('*'), at }) }, // prettier-ignore
      responses: { 200: answer(told, 'profile, item, filter, path of relationships, columns left out, what changed'), ...failures, ...missing }, // prettier-ignore
    }),
    async context => {
      const { at: then = now(), ...question } = context.req.valid('query')
      const { environment } = context.var.caller
      const explained = await storage.snapshot(view => explain(view, environment, { ...question, at: then }))
      return context.json(valueOf(explained) as never, 200)
    },
  )

  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/dry-run',
      tags,
      summary: 'Rows and bytes it would download, per user and table, without publishing it',
      description:
        'Of the draft, or of a version. Bytes are of stored records; where columns are `cut`, fewer are sent.',
      request: { params, query: z.object({ version, users, limit, at, }) }, // prettier-ignore
      responses: { 200: answer(told, 'users, the largest first; totals; who is over the cap; indexes'), ...failures, ...missing, ...invalid }, // prettier-ignore
    }),
    async context => {
      const { environment } = context.var.caller
      const { id } = context.req.valid('param')
      const { version: number, users: names, limit: most, at: then = now() } = context.req.valid('query')
      const profile = sourceOf(environment, id, number)
      const { people, of } = peopleFor(environment, id, names, most)
      const { schema, settings } = environment
      const run = await dryRun({
        ...{ storage, schema, profile, people, now: then, caps: settings.rowCaps ?? {} },
        pause: () => setImmediate(),
      })
      return context.json({ ...run, of, serving: servingOf(environment, profile) } as never, 200)
    },
  )

  const compared = { from: version, to: version, at }
  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/gains',
      tags,
      summary: 'Who gains and loses how many rows between two versions; by default from what is published to the draft',
      request: { params, query: z.object({ ...compared, users, limit }) },
      responses: { 200: answer(told, 'users for whom something differs'), ...failures, ...missing, ...invalid },
    }),
    async context => {
      const { environment } = context.var.caller
      const { id } = context.req.valid('param')
      const { users: names, limit: most, ...query } = context.req.valid('query')
      const versions = versionsFor(environment, id, { ...query, at: query.at ?? now() })
      const { people, of } = peopleFor(environment, id, names, most)
      const found: Gains[] = []
      for (const person of people) {
        found.push(await storage.snapshot(view => gainsOf(view, versions, person)))
        await setImmediate()
      }
      return context.json({ users: found.filter(({ tables }) => tables.length > 0), asked: people.length, of } as never, 200) // prettier-ignore
    },
  )

  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/gains/{user}/{table}/{side}',
      tags,
      summary: 'Which rows of a table a user gains or loses, page by page',
      request: {
        params: z.object({ ...params.shape, user: z.string(), table: z.string(), side: z.enum(['gained', 'lost']) }),
        query: z.object({ ...compared, after: z.string().default(''), limit }),
      },
      responses: { 200: answer(z.object({ ids: z.array(z.string()) }), 'in order of ids; ask on after the last'), ...failures, ...missing, ...invalid }, // prettier-ignore
    }),
    async context => {
      const { environment } = context.var.caller
      const { id, user, table, side } = context.req.valid('param')
      const { after, limit: most, ...query } = context.req.valid('query')
      const versions = versionsFor(environment, id, { ...query, at: query.at ?? now() })
      const person = personIn(environment, user)
      const ids = await storage.snapshot(view => gainedIds(view, versions, person, { table, side, after, limit: most }))
      return context.json({ ids: [...ids] }, 200)
    },
  )

  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/drift',
      tags,
      summary: 'How the schema has gone on since it was published: columns not selected yet, renamed, gone',
      request: { params },
      responses: {
        200: answer(told, 'added, renamed and broken; all empty where it has not'),
        ...failures,
        ...missing,
      },
    }),
    context => {
      const { environment } = context.var.caller
      const { published } = storedIn(environment, context.req.valid('param').id).life
      const drift =
        published === undefined
          ? { added: [], renamed: [], broken: [] }
          : driftOf(environment.schema, published, environment.settings.limits)
      return context.json(drift as never, 200)
    },
  )

  routes.openapi(
    createRoute({
      method: 'get',
      path: '/profiles/{id}/serving',
      tags,
      summary: 'What it takes to serve it: indexes, filters that read whole tables, filters that ask every listener',
      request: { params, query: z.object({ version }) },
      responses: { 200: answer(told, 'with advice'), ...failures, ...missing, ...invalid },
    }),
    context => {
      const { environment } = context.var.caller
      const profile = sourceOf(environment, context.req.valid('param').id, context.req.valid('query').version)
      return context.json(servingOf(environment, profile) as never, 200)
    },
  )

  return routes
}

/** A version, or the draft. @throws ApiFailure with every fault where it could not be published today */
const sourceOf = (environment: Environment, id: string, version: number | undefined): ProfileSource => {
  const stored = storedIn(environment, id)
  const source = version === undefined ? shownProfile(stored.life) : contentOf(stored, id, version)
  const faults = faultsOf(environment, source)
  if (faults.length > 0) throw refused(faults)
  return source
}

const versionsFor = (
  environment: Environment,
  id: string,
  { from, to, at }: { from?: number | undefined; to?: number | undefined; at: number },
) => {
  const { life } = storedIn(environment, id)
  const before = from ?? life.published?.profile.version
  const publication = before === undefined ? undefined : versionOf(life, before)
  if (before !== undefined && publication === undefined) {
    throw new ApiFailure(404, notThere(`${placeOf(id)}, version ${before}`))
  }
  return {
    schema: environment.schema,
    before: publication?.profile,
    after: sourceOf(environment, id, to),
    now: at,
  }
}

/** Those named, or everybody, or those whose profile it is in some app; `of` = how many these are in all. */
const peopleFor = (
  environment: Environment,
  id: string,
  names: string | undefined,
  limit: number,
): { people: readonly Person[]; of: number } => {
  const people = namedIn(environment, id, names)
  return { people: people.slice(0, limit), of: people.length }
}

const namedIn = (environment: Environment, id: string, names: string | undefined): readonly Person[] => {
  if (names === '*') return environment.people()
  if (names !== undefined) return names.split(',').map(name => personIn(environment, name))
  const apps = [...environment.profiles.apps.keys()]
  return environment.people().filter(person => apps.some(app => environment.effectiveOf(person, app)?.profile === id))
}

const personIn = (environment: Environment, id: string): Person => {
  const person = environment.person(id)
  if (person === undefined) throw new ApiFailure(404, notThere(`user ${id}`))
  return person
}
