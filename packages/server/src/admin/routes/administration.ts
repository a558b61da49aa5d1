import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../../routes/signed-in.ts'
import { apps } from '../apps.ts'
import { roles } from '../roles.ts'
import { shares } from '../shares.ts'
import { teams } from '../teams.ts'
import { units } from '../units.ts'
import { users } from '../users.ts'
import { auditRoutes } from './audit.ts'
import { describedRoutes } from './described.ts'
import { doingOf, type DoingParts } from './doing.ts'
import { inquiryRoutes } from './inquiry.ts'
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
 * The administration as routes: who people are, what they may do, what is offline, how conflicts are settled. Described
 * at `openapi.json`, and for reading at the address itself. Two doors lead to it: that of the relay (`api.ts`), and the
 * command line's, which has the database in its hands.
 */
export interface AdministrationParts extends DoingParts {
  /** say who asks (`caller`), or throw; the description needs no door */
  readonly door: readonly MiddlewareHandler<ApiEnv>[]
}

export const administration = (parts: AdministrationParts) => {
  const { storage, now, door } = parts
  const doing = doingOf(parts)
  const api = describedRoutes()
  api.get('/', context => {
    context.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    return context.html(describePage(api.getOpenAPI31Document(document)))
  })
  api.get('/openapi.json', context => context.json(api.getOpenAPI31Document(document)))
  api.use(...door)
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
    inquiryRoutes(storage, now),
    peopleRoutes(doing),
    settingsRoutes(doing),
    schemaRoutes(doing),
    auditRoutes(storage),
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
