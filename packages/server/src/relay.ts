import { randomBytes } from 'node:crypto'
import type { WebSocketServerLike } from '@hono/node-server'
import { type Command, type CustomStrategy, pooled } from '@rejoin/profile'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import pino, { type Logger } from 'pino'
import { adminRoutes } from './admin/routes/api.ts'
import { type Core, createCore } from './core.ts'
import { createDocuments, type Documents } from './documents/documents.ts'
import type { DocumentStorage } from './documents/storage.ts'
import { createErasures, documentColumns } from './erasure/erasures.ts'
import type { ErasureList } from './erasure/list.ts'
import { type ErasureRouteParts, erasureRoutes } from './erasure/routes.ts'
import { type FeedParts, feedRoutes } from './feed/routes.ts'
import { homeRoute } from './home/home.ts'
import type { DevelopmentIssuer, Identity } from './identity/identity.ts'
import { DOCUMENT_PROTOCOL, documentSocket } from './routes/documents.ts'
import { createDoorway, type Doorway } from './routes/doorway.ts'
import { answerFailure, ApiFailure } from './routes/failure.ts'
import { historyRoutes } from './routes/history.ts'
import { type ApiEnv, signedIn } from './routes/signed-in.ts'
import { createSockets, type Sockets } from './routes/sockets.ts'
import { syncSocket } from './routes/sync.ts'
import { tableRoutes } from './routes/tables.ts'
import { whyRoutes } from './routes/why.ts'
import type { CodeRule } from './rules/code-rule.ts'
import type { Storage } from './storage/storage.ts'
import type { Wake } from './storage/wake.ts'
import { createPost } from './webhooks/post.ts'
import { type WebhookRouteParts, webhookRoutes } from './webhooks/routes.ts'
import { createWebhooks } from './webhooks/webhooks.ts'

/**
 * The relay: the core with sockets, clock and randomness around it. A Hono app, to be served by `serveRelay` or
 * mounted in one of your own:
 *
 *     const relay = await createRelay({ storage, identity })
 *     yours.route('/rejoin', relay.app)
 *     serve({ fetch: yours.fetch, websocket: { server: relay.sockets } })     // @hono/node-server 2
 */
export interface Relay {
  readonly app: RelayApp
  readonly sockets: WebSocketServerLike
  readonly core: Core
  /** ends sessions and sockets, finishes what is being committed, closes the storage */
  close(): Promise<void>
}

export type RelayApp = ReturnType<typeof createApp>

interface RelayParts {
  /** closed by the relay */
  readonly storage: Storage
  /** of the storage, where other relays may share its database (`PostgresStorage.wake`) */
  readonly wake?: Wake
  /** where documents live (`openSqliteDocuments`), closed by the relay; without it there are none */
  readonly documents?: DocumentStorage
  /** what was erased, outside the database (`openErasureList`): a database restored from before is brought up to it */
  readonly erasures?: ErasureList
  /** pages that may connect, `*` as the port for any; default none. Programs that are no browsers need no entry. */
  readonly origins?: readonly string[]
  /** sessions one user may have at once; default 20 */
  readonly connectionsPerUser?: number
  /** new sockets per minute and address; default 15, and 6,000 from this machine */
  readonly connectsPerMinute?: number
  readonly connectsPerMinuteLocally?: number
  /** webhooks may go to addresses of this machine and its network, and without TLS; default false */
  readonly privateWebhooks?: boolean
  /** named actions of this application, the same as its devices have (`defineCommand`) */
  readonly commands?: readonly Command[]
  /** what nobody may do to a record, as code; as data they are among the settings of the environment */
  readonly rules?: readonly CodeRule[]
  /** ways to settle conflicts of this application, the same as its devices have; settings and profiles name them (CF12) */
  readonly strategies?: readonly CustomStrategy[]
  /** default: warnings and errors on standard error. Values of records are never logged. */
  readonly log?: Logger
  /** ms since 1970; default the system's clock */
  readonly now?: () => number
}

/** Who may sign in: an issuer of your own (`remoteIdentity`), or the development issuer, whose tokens the page shows. */
export type RelayOptions = RelayParts & ({ readonly identity: Identity } | { readonly issuer: DevelopmentIssuer })

/**
 * @throws FaultError where the storage holds no environment, or one that does not compile, or that names a strategy which
 *   is not among `strategies`
 */
export const createRelay = async (options: RelayOptions): Promise<Relay> => {
  const { storage, commands = [], rules = [], strategies = [], now = Date.now } = options
  const logger = options.log ?? pino({ level: 'warn' }, pino.destination(2))
  const log = (error: unknown): void => logger.error(error)
  const issuer = 'issuer' in options ? options.issuer : undefined
  const identity = 'identity' in options ? options.identity : options.issuer.identity
  const random = pooled(length => randomBytes(length))
  const wake = options.wake === undefined ? {} : { wake: options.wake }
  const core = await createCore({ storage, ...wake, commands, rules, strategies, identity, now, random, log })
  const documents =
    options.documents === undefined ? undefined : createDocuments({ core, storage: options.documents, now, log })
  const sockets = createSockets([DOCUMENT_PROTOCOL], log)
  const doorway = createDoorway({
    origins: options.origins ?? [],
    connectsPerMinute: options.connectsPerMinute ?? 15,
    connectsPerMinuteLocally: options.connectsPerMinuteLocally ?? 6_000,
    now,
  })
  const ending = new AbortController()
  const erasures = createErasures({
    storage,
    list: options.erasures,
    documentColumns: table => documentColumns(core.environment().schema, table),
    removeDocument: documents && (({ table, id }, column) => documents.remove(table, id, column)),
    tell: core.lookAgain,
    changed: core.reload,
    now,
    newCommit: () => Buffer.from(random(8)).toString('hex'),
  })
  // A database from before an erasure is not served before it is brought up to it.
  await erasures.replay()
  const reach = { privateAddresses: options.privateWebhooks ?? false }
  const webhooks = createWebhooks({
    ...{ core, now, log, post: createPost(reach), chance: Math.random },
    holder: Buffer.from(random(8)).toString('hex'),
  })
  const api = createApi({ core, now, log, ending: ending.signal })
  const admin = createAdmin({ core, now, random, reach, erasures })
  const perUser = options.connectionsPerUser ?? 20
  const app = createApp({ core, documents, sockets, doorway, issuer, perUser, api, admin, log })
  const timer = setInterval(() => {
    core.tick()
    documents?.tick()
    webhooks.tick()
    sockets.tick(now())
  }, 1_000)
  timer.unref()
  return {
    app,
    sockets: sockets.server,
    core,
    close: async () => {
      clearInterval(timer)
      ending.abort()
      await webhooks.close()
      const closing = [documents?.close() ?? Promise.resolve(), core.close()]
      await sockets.close()
      await Promise.all(closing)
    },
  }
}

interface AppParts {
  readonly core: Core
  readonly documents: Documents | undefined
  readonly sockets: Sockets
  readonly doorway: Doorway
  readonly issuer: DevelopmentIssuer | undefined
  readonly perUser: number
  readonly api: ReturnType<typeof createApi>
  readonly admin: ReturnType<typeof createAdmin>
  readonly log: (error: unknown) => void
}

/** The largest body of a request, bytes. */
const BODY = 1024 * 1024

const createApp = ({ core, documents, sockets, doorway, issuer, perUser, api, admin, log }: AppParts) => {
  const app = new Hono()
  app.onError(answerFailure(log))
  app.notFound(context => {
    const { path } = context.req
    return context.json(
      { code: 'no-route', message: 'there is nothing here', at: path, fix: 'see / for what there is' },
      404,
    )
  })
  app.use(doorway.noTokenInUrl)
  app.route('/', homeRoute(core, issuer))
  const upgrades = [doorway.noForeignOrigin, doorway.notTooMany] as const
  const noUpgrade = (): never => {
    throw new ApiFailure(426, upgradeNeeded)
  }
  app.get('/sync', ...upgrades, syncSocket(core, sockets, perUser), noUpgrade)
  if (documents !== undefined) {
    app.get('/documents/:table/:record/:column', ...upgrades, documentSocket(documents, sockets), noUpgrade)
  }
  app.use('/api/*', cors({ origin: origin => (doorway.allows(origin) ? origin : null), exposeHeaders: ['ETag'] }))
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: BODY,
      onError: () => {
        throw new ApiFailure(413, tooLarge)
      },
    }),
  )
  // Beside the chain: its types are its own, and the client of an app has no use for them.
  app.route('/api/admin', admin)
  return app
    .get('/health', context => context.json({ status: 'ok' as const, sessions: core.sessions().length }))
    .route('/api', api)
}

const createApi = (parts: FeedParts) =>
  new Hono<ApiEnv>()
    .use(signedIn(parts.core))
    .route('/', tableRoutes(parts.core))
    .route('/', historyRoutes(parts.core))
    .route('/', whyRoutes(parts.core))
    .route('/', feedRoutes(parts))

/** The door is the first of them: what is mounted behind it needs none of its own. */
const createAdmin = (parts: WebhookRouteParts & ErasureRouteParts) =>
  new Hono<ApiEnv>()
    .route('/', adminRoutes(parts.core, parts.now))
    .route('/', webhookRoutes(parts))
    .route('/', erasureRoutes(parts))

const upgradeNeeded = {
  code: 'upgrade',
  at: 'Upgrade',
  message: 'this is a websocket',
  fix: 'connect with a websocket client',
}
const tooLarge = { code: 'too-large', at: 'body', message: 'the request is too large', fix: 'send at most 1 MiB' }
