import { type Down, decodeDown, encodeUp, type SchemaSource, type Up } from '@rejoin/profile'
import pino from 'pino'
import { WebSocket } from 'ws'
import { type EnvironmentSource, environmentEntries } from '../environment/environment.ts'
import { createDevelopmentIssuer, type DevelopmentIssuer } from '../identity/identity.ts'
import { createRelay, type Relay, type RelayOptions } from '../relay.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import { serveRelay, type Serving } from './serve.ts'

/** A small environment: who may see what differs between its three people. */
const schema: SchemaSource = {
  tables: [
    {
      name: 'visit',
      ownership: 'user',
      primaryKey: 'visitid',
      primaryName: 'title',
      columns: [
        { name: 'visitid', type: 'guid' },
        { name: 'title', type: 'string', required: true, maxLength: 80 },
        { name: 'state', type: 'string' },
        { name: 'minutes', type: 'integer' },
        { name: 'done', type: 'boolean' },
        { name: 'price', type: 'money' },
        { name: 'report', type: 'document' },
        { name: 'ownerid', type: 'lookup', targets: ['systemuser', 'team'], external: true },
      ],
    },
    {
      name: 'part',
      ownership: 'organization',
      primaryKey: 'partid',
      primaryName: 'name',
      columns: [
        { name: 'partid', type: 'guid' },
        { name: 'name', type: 'string' },
      ],
    },
  ],
  roles: [
    { name: 'office', tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } } },
    {
      name: 'field',
      tables: {
        visit: { create: 'own', read: 'own', write: 'own', hidden: ['price'], readonly: ['minutes'] },
        part: { read: 'all' },
      },
    },
    { name: 'follower', feed: true, tables: { '*': { read: 'all' }, visit: { read: 'all', hidden: ['price'] } } },
    { name: 'boss', admin: true, tables: {} },
    { name: 'reader', tables: { visit: { read: 'all' } } },
  ],
}

export const source: EnvironmentSource = {
  schema,
  settings: { strategy: 'clientWins', strategies: {} },
  people: [
    { id: 'olga', name: 'Olga Office', teams: [], roles: ['office'] },
    { id: 'fritz', name: 'Fritz Field', teams: [], roles: ['field'] },
    { id: 'flora', name: 'Flora Field', teams: [], roles: ['field'] },
    { id: 'rita', name: 'Rita Reader', teams: [], roles: ['reader'] },
    { id: 'system', name: 'The system of record', teams: [], roles: ['follower'] },
    { id: 'boss', name: 'Berta Boss', teams: [], roles: ['office', 'boss'] },
  ],
  profiles: [
    {
      profile: { name: 'field', version: 1, items: [{ table: 'visit', filter: { kind: 'all' } }] },
      members: { everyone: true },
    },
  ],
}

export interface Opened {
  readonly relay: Relay
  readonly issuer: DevelopmentIssuer
  /** moves the relay's clock, ms */
  skip(ms: number): void
  /** a request as a person, by name; undefined = nobody */
  ask(user: string | undefined, path: string, init?: RequestInit & { json?: unknown }): Promise<Response>
  serve(): Promise<Serving>
  close(): Promise<void>
}

export const openRelay = async (more: Partial<RelayOptions> = {}): Promise<Opened> => {
  let ids = 0
  const storage = await openSqliteStorage({ path: ':memory:', newId: () => String(ids++).padStart(16, '0') })
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
  const issuer = await createDevelopmentIssuer()
  let ahead = 0
  const now = (): number => Date.now() + ahead
  const relay = await createRelay({ storage, issuer, now, log: pino({ level: 'silent' }), ...more })
  const served: Serving[] = []
  return {
    relay,
    issuer,
    skip: ms => {
      ahead += ms
    },
    ask: async (user, path, { json, ...init } = {}) => {
      const headers = new Headers(init.headers)
      if (user !== undefined) headers.set('authorization', `Bearer ${await issuer.token(user)}`)
      if (json !== undefined) headers.set('content-type', 'application/json')
      return relay.app.request(path, {
        ...init,
        headers,
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
    },
    serve: async () => {
      const serving = await serveRelay(relay, { port: 0 })
      served.push(serving)
      return serving
    },
    close: async () => {
      for (const serving of served) await serving.close()
      if (served.length === 0) await relay.close()
    },
  }
}

/** A device's end of `/sync`, as bare as a socket is. */
export interface Wire {
  send(message: Up): void
  raw: WebSocket
  /** the next message of a type; those before it are dropped */
  next<T extends Down['type']>(type: T): Promise<Extract<Down, { type: T }>>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export const connect = async (url: string, headers: Record<string, string> = {}): Promise<Wire> => {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/sync`, { headers })
  const inbox: Down[] = []
  let wake = (): void => {}
  raw.on('message', data => {
    inbox.push(decodeDown(new Uint8Array(data as Buffer)))
    wake()
  })
  const closed = new Promise<{ code: number; reason: string }>(resolve => {
    raw.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  await new Promise<void>((resolve, reject) => {
    raw.once('open', () => resolve())
    raw.once('error', reject)
  })
  raw.on('error', () => {})
  return {
    raw,
    send: message => raw.send(encodeUp(message)),
    next: async type => {
      for (;;) {
        const found = inbox.shift()
        if (found?.type === type) return found as never
        if (found === undefined) {
          await new Promise<void>(resolve => {
            wake = resolve
          })
        }
      }
    },
    closed,
  }
}

export const helloOf = (token: string, device = '00000000000000aa'): Up => ({
  type: 'hello',
  token,
  device,
  app: 'test',
  schema: 0,
  profile: 0,
  ids: 0,
  live: true,
  holdings: [],
})

/** The status a refused upgrade is answered with. */
export const refusalOf = (address: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  new Promise(resolve => {
    const raw = new WebSocket(address.replace('http', 'ws'), { headers })
    raw.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode)
      raw.terminate()
    })
    raw.on('open', () => {
      resolve(undefined)
      raw.terminate()
    })
    raw.on('error', () => {})
  })
