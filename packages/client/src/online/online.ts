import type { PlainRow } from '@rejoin/profile'
import { RejoinFault, type RejoinFaultCode } from '../device/fault.ts'
import type { Token } from '../session/link.ts'

/**
 * The relay's tables directly, never the device's copy (OM8, OM9): reaches rows outside the profile, and fails at
 * once, typed, where there is no network.
 */
export interface Online {
  table(name: string): OnlineTable
}

export interface OnlineTable {
  /** rows in the order of their ids, from after `after` */
  query(page?: { readonly limit?: number; readonly after?: string }): Promise<readonly PlainRow[]>
  get(id: string): Promise<PlainRow | undefined>
  create(values: Readonly<Record<string, unknown>>): Promise<PlainRow>
  /** `ifRev`: refused where the record has moved on since */
  update(
    id: string,
    values: Readonly<Record<string, unknown>>,
    options?: { readonly ifRev?: number },
  ): Promise<PlainRow>
  delete(id: string): Promise<void>
}

export interface OnlineParts {
  readonly url?: string
  readonly token: Token
  readonly fetch?: typeof fetch
}

/** Every call rejects with `RejoinFault`: `offline` without a network, otherwise what the relay said. */
export const createOnline = ({ url, token, fetch: ask = (...request) => fetch(...request) }: OnlineParts): Online => {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> => {
    if (url === undefined) throw offline("this device was opened without the relay's address")
    const bearer = typeof token === 'string' ? token : await token()
    const response = await ask(`${url.replace(/\/$/, '')}/api/tables/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw offline(cause instanceof Error ? cause.message : 'no network')
    })
    if (response.status === 204) return undefined
    const said: unknown = await response.json().catch(() => ({}))
    if (response.ok) return said
    throw faultFrom(said, response.status)
  }
  return {
    table: name => {
      const at = encodeURIComponent(name)
      const one = (id: string): string => `${at}/${encodeURIComponent(id)}`
      return {
        query: async ({ limit, after } = {}) => {
          const search = new URLSearchParams()
          if (limit !== undefined) search.set('limit', String(limit))
          if (after !== undefined) search.set('after', after)
          const said = await call('GET', `${at}?${search.toString()}`)
          return Array.isArray(said)
            ? (said as PlainRow[])
            : ((said as { readonly rows?: readonly PlainRow[] }).rows ?? [])
        },
        get: async id => {
          try {
            return (await call('GET', one(id))) as PlainRow
          } catch (fault) {
            if (fault instanceof RejoinFault && fault.code === 'not-found') return undefined
            throw fault
          }
        },
        create: async values => (await call('POST', at, { values })) as PlainRow,
        update: async (id, values, { ifRev } = {}) =>
          (await call(
            'PATCH',
            one(id),
            { values },
            ifRev === undefined ? {} : { 'if-match': String(ifRev) },
          )) as PlainRow,
        delete: async id => void (await call('DELETE', one(id))),
      }
    },
  }
}

const offline = (message: string): RejoinFault =>
  new RejoinFault({
    code: 'offline',
    message: `the relay cannot be reached: ${message}`,
    fix: 'try again when connected',
  })

const faultFrom = (said: unknown, status: number): RejoinFault => {
  const { code, message, fix, rule } = (typeof said === 'object' && said !== null ? said : {}) as Readonly<
    Record<string, unknown>
  >
  return new RejoinFault({
    code: (typeof code === 'string'
      ? code
      : status === 404
        ? 'not-found'
        : status === 401
          ? 'unauthenticated'
          : 'refused') as RejoinFaultCode,
    message: typeof message === 'string' ? message : `the relay answered ${status}`,
    ...(typeof fix === 'string' ? { fix } : {}),
    ...(typeof rule === 'string' ? { rule } : {}),
  })
}
