import { z } from '@hono/zod-openapi'
import type { App, Fault } from '@rejoin/profile'
import { ANY_APP, appEntry } from '../environment/profiles.ts'
import { alone, type Resource } from './resource.ts'

const appShape = z.strictObject({
  name: z.string().min(1).max(200),
  profiles: z.array(z.string()).max(1_000),
  default: z.string().optional(),
}) as unknown as z.ZodType<App>

export const apps: Resource<App> = {
  word: 'app',
  plural: 'apps',
  about: `Which profiles have effect in an app (MB4), and which one everybody else has there. The name is the one devices sign in with; \`${ANY_APP}\` is every app without an entry of its own.`,
  shape: appShape,
  path: ['name'],
  idOf: ({ name }) => name,
  get: ({ profiles }, name) => profiles.apps.get(name),
  list: ({ profiles }) => profiles.apps.values(),
  entry: appEntry,
  faults: ({ profiles }, app) => {
    const at = `app ${app.name}`
    return [
      ...app.profiles.filter(id => !profiles.lives.has(id)).map(id => noProfile(at, id)),
      ...(app.default === undefined || app.profiles.includes(app.default) ? [] : [notAttached(at, app.default)]),
    ]
  },
  leaving: () => alone,
}

const noProfile = (at: string, id: string): Fault => ({
  code: 'unknown-profile',
  at,
  message: `there is no profile ${id}`,
  fix: 'check the id, or make the profile first',
})

const notAttached = (at: string, id: string): Fault => ({
  code: 'default',
  at,
  message: `the default ${id} is not among its profiles`,
  fix: 'attach it too',
})
