import type { MiddlewareHandler } from 'hono'
import type { Core } from '../../core.ts'
import { ApiFailure } from '../../routes/failure.ts'
import { type ApiEnv, signedIn } from '../../routes/signed-in.ts'
import { isAdministrator } from '../administrator.ts'
import { apps } from '../apps.ts'
import { roles } from '../roles.ts'
import { shares } from '../shares.ts'
import { teams } from '../teams.ts'
import { units } from '../units.ts'
import { users } from '../users.ts'
import { auditRoutes } from './audit.ts'
import { describedRoutes } from './described.ts'
import { doingOf } from './doing.ts'
import { memberRoutes } from './members.ts'
import { describePage } from './page.ts'
import { peopleRoutes } from './people.ts'
import { profileRoutes } from './profiles.ts'
import { resourceRoutes } from './resource.ts'
import { schemaRoutes } from './schema.ts'
import { settingsRoutes } from './settings.ts'
import { vendorRoutes } from './vendor.ts'
import { versionRoutes } from './versions.ts'

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
    versionRoutes(),
    memberRoutes(doing, now),
    vendorRoutes(doing, now),
    peopleRoutes(doing),
    settingsRoutes(doing),
    schemaRoutes(doing),
    auditRoutes(core.storage),
  ]) {
    api.route('/', routes)
  }

  return api
}

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
