import { type Fault, FaultError, rightsOf } from '@rejoin/profile'
import { Hono, type MiddlewareHandler } from 'hono'
import { administration } from '../../admin/routes/administration.ts'
import { loadEnvironment } from '../../environment/environment.ts'
import { answerFailure, type ApiFault } from '../../routes/failure.ts'
import type { ApiEnv } from '../../routes/signed-in.ts'
import { openDatabase } from '../database.ts'

/**
 * Where a command administers: at a relay, over its API, or on a database it has in its hands. There the same routes are
 * asked without a socket, so that a command is the same thing in both places.
 */
export interface Office {
  /** @throws FaultError with every fault the API answered */
  ask(method: string, path: string, request?: Asked): Promise<Answered>
  close(): Promise<void>
}

export interface Asked {
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered {
  /** parsed; undefined where nothing was answered */
  readonly body: unknown
  readonly text: string
  readonly etag: string | undefined
}

export interface Place {
  readonly db?: string
  readonly url?: string
  readonly token?: string
}

export const openOffice = async ({ db, url, token }: Place): Promise<Office> => {
  if (url !== undefined) return overHttp(url, token)
  return onDatabase(db!)
}

const onDatabase = async (db: string): Promise<Office> => {
  const storage = await openDatabase(db, { create: false })
  try {
    let environment = await storage.snapshot(loadEnvironment)
    const person = { id: 'command line', name: 'command line', teams: [], roles: [] }
    const door: MiddlewareHandler<ApiEnv> = async (context, next) => {
      const rights = rightsOf(environment.schema, person)
      context.set('caller', { person, rights, environment, expires: Infinity })
      return next()
    }
    const routes = administration({
      storage,
      environment: () => environment,
      changed: after => {
        environment = after
        return Promise.resolve()
      },
      now: Date.now,
      guarded: false,
      door: [door],
    })
    const failures: Error[] = []
    const app = new Hono().onError(answerFailure(error => failures.push(error as Error))).route('/', routes)
    return {
      ask: async (method, path, asked) => {
        const response = await app.request(path, requestOf(method, asked))
        const failure = failures.pop()
        if (failure !== undefined) throw failure
        return answerOf(response)
      },
      close: () => storage.close(),
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

const overHttp = (url: string, token: string | undefined): Office => ({
  ask: async (method, path, asked) => {
    const request = requestOf(method, asked)
    const headers = { ...request.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const address = `${url.replace(/\/$/, '')}/api/admin${path}`
    const response = await fetch(address, { ...request, headers }).catch((error: unknown) => {
      throw new FaultError([unreachable(url, error)])
    })
    return answerOf(response)
  },
  close: () => Promise.resolve(),
})

const requestOf = (method: string, { json, headers = {} }: Asked = {}) => ({
  method,
  headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
  ...(json === undefined ? {} : { body: JSON.stringify(json) }),
})

const answerOf = async (response: Response): Promise<Answered> => {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  const body: unknown = isJson ? JSON.parse(text) : undefined
  if (!response.ok) throw new FaultError(isJson ? faultsOf(body as ApiFault) : [strange(response)])
  return { body, text, etag: response.headers.get('etag') ?? undefined }
}

const faultsOf = ({ faults, ...fault }: ApiFault): readonly Fault[] => faults ?? [fault]

const strange = ({ status, url }: Response): Fault => ({
  code: 'no-relay',
  at: url,
  message: `answered ${status}, as no relay does`,
  fix: 'check --url',
})

const unreachable = (url: string, error: unknown): Fault => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
  return {
    code: 'unreachable',
    at: url,
    message: `cannot be reached: ${cause}`,
    fix: 'check --url, and whether it runs',
  }
}
