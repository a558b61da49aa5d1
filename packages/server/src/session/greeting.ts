import {
  type CloseReason,
  compileScope,
  encodeDown,
  type Hello,
  type Person,
  type Position,
  type PublishedProfile,
  rightsOf,
  type Scope,
} from '@rejoin/profile'
import { ONLINE } from '../commit/online.ts'
import type { Environment } from '../environment/environment.ts'
import type { Grants } from '../identity/grants.ts'
import type { Identity } from '../identity/identity.ts'
import { asksTheMoment, classOf } from '../scope/serve.ts'
import type { Guest } from './session-state.ts'

/** What the relay answers to a hello. */
export type Greeting =
  | { readonly welcome: true; readonly guest: Guest; readonly frame: Uint8Array }
  | { readonly welcome: false; readonly reason: CloseReason; readonly message: string; readonly fix: string }

export interface GreetingParts {
  readonly environment: () => Environment
  readonly identity: Identity
  readonly grants: Grants
  readonly head: () => Promise<Position>
  /** ms since 1970 */
  readonly now: () => number
}

export const createGreeting =
  ({ environment, identity, grants, head, now }: GreetingParts) =>
  async (hello: Hello): Promise<Greeting> => {
    if (!isDevice(hello.device)) {
      const message = 'a device names itself by 16 hex digits of its own'
      return { welcome: false, reason: 'malformed', message, fix: 'make a new store' }
    }
    const signedIn = await identity.verify(hello.token)
    if (!signedIn.ok) return { welcome: false, reason: 'unauthenticated', message: signedIn.why, fix: 'sign in again' }
    const known = environment()
    const person = known.person(signedIn.user)
    if (person === undefined) {
      return { welcome: false, reason: 'forbidden', message: 'no such user here', fix: 'ask an administrator' }
    }
    const prefixes = await grants.prefixes(hello.device, person.id, hello.ids)
    if (prefixes === undefined) {
      const fix = 'open the store of the user who signs in'
      return { welcome: false, reason: 'forbidden', message: 'this device belongs to another user', fix }
    }
    const profile = known.profileOf(person, hello.app)
    const moment = now()
    const scope = compileScope(known.schema, profile, person, moment)
    const scopeClass = classOf(scope, person.id, asksTheMoment(known.schema, profile) ? moment : undefined)
    const author = { person, device: hello.device, prefixes }
    return {
      welcome: true,
      guest: { author, app: hello.app, scope, scopeClass, expires: signedIn.expires },
      frame: welcomeFrame(known, person, prefixes, scope, profile, hello, await head(), moment),
    }
  }

/** Writes through the online API are kept under a device of their own, which no device may name itself. */
const isDevice = (device: string): boolean => /^[0-9a-f]{16}$/.test(device) && device !== ONLINE

const welcomeFrame = (
  { schema, settings }: Environment,
  person: Person,
  prefixes: readonly number[],
  scope: Scope,
  profile: PublishedProfile | undefined,
  hello: Hello,
  at: Position,
  time: number,
): Uint8Array => {
  const rights = rightsOf(schema, person)
  const tables = [...scope.tables.values()]
  const profileVersion = profile?.version ?? 0
  const restricted = tables.flatMap(({ table }) => {
    const writable = rights.writable(table)
    const whole = schema.tables.get(table)!.columns.every(({ id, type }) => type === 'document' || writable.has(id))
    return whole ? [] : [[table, [...writable]] as const]
  })
  return encodeDown({
    type: 'welcome',
    time,
    user: { id: person.id, name: person.name },
    prefixes,
    at,
    ...settings,
    tables: tables.map(({ table, columnSet, columns }) =>
      columnSet === '*' ? { table, columnSet } : { table, columnSet, columns: [...columns] },
    ),
    writable: Object.fromEntries(restricted),
    schemaVersion: schema.version,
    ...(hello.schema === schema.version ? {} : { schema: { ...schema.source, roles: [] } }),
    profileVersion,
    ...(hello.profile === profileVersion || profile === undefined ? {} : { profile }),
  })
}
