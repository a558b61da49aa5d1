import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { type Bucket, fullBucket, take } from '../session/limits.ts'
import { ApiFailure } from './failure.ts'

/**
 * What is refused before anything is read: pages of strangers, tokens in addresses, and too many connections from
 * one address. It runs before an upgrade, so that a refused socket never opens.
 */
export interface DoorwayOptions {
  /** allowed `Origin`s, `*` as the port for any: `http://localhost:*`. Programs that are no browsers send none. */
  readonly origins: readonly string[]
  readonly connectsPerMinute: number
  /** the same for 127.0.0.1 and ::1, where many devices of a test or a proxy live */
  readonly connectsPerMinuteLocally: number
  readonly now: () => number
}

export interface Doorway {
  readonly noForeignOrigin: MiddlewareHandler
  readonly noTokenInUrl: MiddlewareHandler
  readonly notTooMany: MiddlewareHandler
  allows(origin: string): boolean
}

/** Every page of this machine: for development. */
export const LOCAL_ORIGINS: readonly string[] = ['http://localhost:*', 'http://127.0.0.1:*']

export const createDoorway = (options: DoorwayOptions): Doorway => {
  const allows = (origin: string): boolean =>
    options.origins.some(allowed =>
      allowed.endsWith(':*') ? origin.replace(/:\d+$/, '') === allowed.slice(0, -2) : origin === allowed,
    )
  const admit = createTurnstile(options)
  return {
    allows,
    noForeignOrigin: async (context, next) => {
      const origin = context.req.header('origin')
      if (origin !== undefined && !allows(origin)) {
        const fix = 'add the page to the allowed origins of the relay'
        throw new ApiFailure(403, { code: 'origin', at: 'Origin', message: 'this page may not connect here', fix })
      }
      return next()
    },
    noTokenInUrl: async (context, next) => {
      if (hasToken(context.req.query())) {
        const fix = 'send it in the first message, the Authorization header or the subprotocol list; renew this one'
        throw new ApiFailure(400, {
          code: 'token-in-url',
          at: 'URL',
          message: 'tokens do not belong in addresses',
          fix,
        })
      }
      return next()
    },
    notTooMany: async (context, next) => {
      if (!admit(addressOf(context))) {
        const fix = 'wait a minute, or raise connectsPerMinute'
        throw new ApiFailure(429, { code: 'too-many', at: 'connection', message: 'too many connections', fix })
      }
      return next()
    },
  }
}

const TOKEN_NAMES: ReadonlySet<string> = new Set(['token', 'access_token', 'id_token', 'jwt', 'auth', 'authorization'])
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/

const hasToken = (query: Readonly<Record<string, string>>): boolean =>
  Object.entries(query).some(([name, value]) => TOKEN_NAMES.has(name.toLowerCase()) || JWT.test(value))

/** undefined where the app is called without a socket, as tests do */
const addressOf = (context: Context): string | undefined =>
  (context.env as HttpBindings | undefined)?.incoming?.socket.remoteAddress

const isLocal = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address)

const createTurnstile = ({
  connectsPerMinute,
  connectsPerMinuteLocally,
  now,
}: DoorwayOptions): ((address: string | undefined) => boolean) => {
  const buckets = new Map<string, Bucket>()
  return address => {
    if (address === undefined) return true
    const time = now()
    const most = isLocal(address) ? connectsPerMinuteLocally : connectsPerMinute
    // A bucket that has filled again says nothing; forgotten, so that addresses do not pile up.
    if (buckets.size > 10_000) for (const [name, { at }] of buckets) if (time - at > 60_000) buckets.delete(name)
    const after = take(buckets.get(address) ?? fullBucket(most, time), 1, most / 60, most, time)
    if (after !== undefined) buckets.set(address, after)
    return after !== undefined
  }
}
