import { FaultError } from '@rejoin/profile'
import pg from 'pg'

/** A connection, taken from a pool for one transaction. */
export type Client = pg.PoolClient

export interface Address {
  readonly url: string
  /** for messages: without the password */
  readonly at: string
}

/** @throws FaultError where the text is no address of a PostgreSQL */
export const addressOf = (url: string): Address => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  // a socket of this machine is named by ?host=/folder
  const somewhere = parsed !== undefined && (parsed.host !== '' || parsed.searchParams.has('host'))
  if (!somewhere || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    const fix = 'give it as postgres://user:password@host:5432/database'
    throw new FaultError([
      { code: 'postgres-address', at: '--postgres', message: 'is no address of a PostgreSQL', fix },
    ])
  }
  return { url, at: `database ${parsed.host}${parsed.pathname}` }
}

/** How long a connection may take to be made or to come free, ms. */
const CONNECT_TIMEOUT = 10_000

/**
 * Connections of one kind. Queries asked for at once travel at once (pipelined) and run in order. Plans are made for the
 * data as it is: one cached while a table was empty would scan it all when it is full.
 */
export const openPool = (
  { url }: Address,
  max: number,
  more: Pick<pg.PoolConfig, 'idle_in_transaction_session_timeout' | 'lock_timeout' | 'min'> = {},
): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'rejoin relay',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    pipeline: true,
    options: '-c plan_cache_mode=force_custom_plan -c client_encoding=UTF8',
    types,
    allowExitOnIdle: true,
    ...more,
  })
  // a connection that was lost while it was idle: the pool makes another when one is needed
  pool.on('error', () => {})
  // and one that is lost in use: its query rejects
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

const INT8 = 20
const JSON_TYPE = 114
const JSONB = 3802
const asText = (value: string): string => value

/** bigint as number, JSON as the text it is. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number
    if (oid === JSON_TYPE || oid === JSONB) return asText
    return oid === BYTEA ? bytes : pg.types.getTypeParser(oid, format ?? 'text')
  }) as typeof pg.types.getTypeParser,
}

const BYTEA = 17
/** Bytes of their own, not a piece of Node's shared pool. */
const bytes = (hex: string): Uint8Array => {
  const into = new Uint8Array((hex.length - 2) / 2)
  Buffer.from(into.buffer).write(hex.slice(2), 'hex')
  return into
}
