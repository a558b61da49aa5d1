import type { PlainRow } from '@rejoin/profile'
import { RejoinFault, type RejoinFaultCode } from '../device/fault.ts'
import type { Token } from '../session/link.ts'
import { type WhyChange, whyFrom, type WhyParts } from './why.ts'

/**
 * The relay's tables directly, never the device's copy (OM8, OM9): reaches rows outside the profile, and fails at
 * once, typed, where there is no network or offline mode is on.
 */
export interface Online {
  /** a table of the relay by its name, within this user's rights */
  table(name: string): OnlineTable
  /**
   * "why did my value change?", newest first: of one column or of all that the user may read, of any record he may read.
   * It names people; `ledger.why` says, without them, what this device was told itself
   */
  why(table: string, id: string, column?: string): Promise<readonly WhyChange[]>
}

/**
 * One table of the relay. Every call rejects with RejoinFault: `offline`, `offline-mode`, `not-permitted`,
 * `not-found`, `unauthenticated`, or the code of what the relay refused; nothing is tried again.
 */
export interface OnlineTable {
  /** rows in the order of their ids, from after `after`; `where`: columns that have exactly these values */
  query(page?: OnlinePage): Promise<OnlineRows>
  /** undefined where there is none, or this user may not read it */
  get(id: string): Promise<OnlineRow | undefined>
  /** @returns the record as the relay has it; rules and checks of the relay apply */
  create(values: Readonly<Record<string, unknown>>): Promise<OnlineRow>
  /** `ifRev`: refused where the record has moved on since */
  update(
    id: string,
    values: Readonly<Record<string, unknown>>,
    options?: { readonly ifRev?: number },
  ): Promise<OnlineRow>
  /** resolves when the relay has done it */
  delete(id: string): Promise<void>
}

/** Which rows of a table, a page at a time. */
export interface OnlinePage {
  /** rows at most, from 1 to 1,000; 100 where absent */
  readonly limit?: number
  /** `next` of the page before */
  readonly after?: string
  /** by column name: exactly this value; null: no value */
  readonly where?: Readonly<Record<string, string | number | boolean | null>>
}

/** A record as the relay has it. */
export interface OnlineRow {
  /** primary key */
  readonly id: string
  /** revision it stands at: for `ifRev` */
  readonly rev: number
  /** by column name, the primary key among them */
  readonly values: PlainRow
}

/** One page. */
export interface OnlineRows {
  /** in the order of their ids */
  readonly rows: readonly OnlineRow[]
  /** where the next page begins (`after`), as the relay alone reads it; absent at the end */
  readonly next?: string
}

export interface OnlineParts {
  readonly url?: string
  readonly token: Token
  readonly fetch?: typeof fetch
  /** why nothing may be asked now, where it may not; then nothing is */
  readonly refusal: () => RejoinFault | undefined
  /** runs once after `ms`; @returns cancels it */
  readonly after: (ms: number, run: () => void) => () => void
  /** where what was given up is written again */
  readonly restoring: Omit<WhyParts, 'table'>
}

/** ms after which a relay that does not answer counts as out of reach */
const PATIENCE = 20_000

/** Every call rejects with `RejoinFault`: `offline`, `offline-mode`, otherwise what the relay said. */
export const createOnline = ({
  url,
  token,
  fetch: ask = (...request) => fetch(...request),
  refusal,
  after,
  restoring,
}: OnlineParts): Online => {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> => {
    const refused = refusal()
    if (refused !== undefined) throw refused
    if (url === undefined) throw unreachable("this device was opened without the relay's address")
    const giveUp = new AbortController()
    const cancel = after(PATIENCE, () => giveUp.abort(new Error('no answer in time')))
    try {
      const bearer = typeof token === 'string' ? token : await token().catch(given)
      const response = await ask(`${url.replace(/\/$/, '')}/api/${path}`, {
        method,
        signal: giveUp.signal,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch(given)
      if (response.status === 204) return undefined
      const said: unknown = await response.json().catch(() => ({}))
      if (response.ok) return said
      throw faultFrom(said, response.status)
    } finally {
      cancel()
    }
  }
  const table = (name: string): OnlineTable => {
    const at = `tables/${encodeURIComponent(name)}`
    const one = (id: string): string => `${at}/${encodeURIComponent(id)}`
    return {
      query: async ({ limit, after: from, where = {} } = {}) => {
        const search = new URLSearchParams(
          Object.entries(where).map(([column, value]) => [column, value === null ? '' : String(value)]),
        )
        if (limit !== undefined) search.set('limit', String(limit))
        if (from !== undefined) search.set('after', from)
        return (await call('GET', `${at}?${search.toString()}`)) as OnlineRows
      },
      get: async id => {
        try {
          return (await call('GET', one(id))) as OnlineRow
        } catch (fault) {
          if (fault instanceof RejoinFault && fault.code === 'not-found') return undefined
          throw fault
        }
      },
      create: async values => (await call('POST', at, { values })) as OnlineRow,
      update: async (id, values, { ifRev } = {}) =>
        (await call(
          'PATCH',
          one(id),
          { values },
          ifRev === undefined ? {} : { 'if-match': String(ifRev) },
        )) as OnlineRow,
      delete: async id => void (await call('DELETE', one(id))),
    }
  }
  return {
    table,
    why: async (name, record, column) => {
      const search = new URLSearchParams({ table: name, record, ...(column === undefined ? {} : { column }) })
      const { changes } = (await call('GET', `why?${search.toString()}`)) as Said
      return whyFrom(changes, name, record, { ...restoring, table })
    },
  }
}

interface Said {
  readonly changes: readonly Omit<WhyChange, 'restore'>[]
}

export const unreachable = (message: string): RejoinFault =>
  new RejoinFault({
    code: 'offline',
    message: `the relay cannot be reached: ${message}`,
    fix: 'try again when connected',
  })

/** A token that could not be had is no different from a network that is not there. */
const given = (cause: unknown): never => {
  throw unreachable(cause instanceof Error ? cause.message : 'no network')
}

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
