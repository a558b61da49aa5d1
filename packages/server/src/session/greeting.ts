import { createHash } from 'node:crypto'
import {
  type CloseReason,
  compileScope,
  encodeDown,
  footingOf,
  type Hello,
  type Person,
  type Position,
  publicationOf,
  rightsOf,
  type Scope,
  type Stands,
  type Welcome,
} from '@rejoin/profile'
import { ONLINE } from '../commit/online.ts'
import type { Environment } from '../environment/environment.ts'
import type { Grants } from '../identity/grants.ts'
import type { Identity } from '../identity/identity.ts'
import type { Lens } from '../live/linked.ts'
import type { Guest } from './session-state.ts'

/** What the relay answers to a hello. */
export type Greeting =
  | { readonly welcome: true; readonly guest: Guest; readonly at: Position; readonly frame: Uint8Array }
  | { readonly welcome: false; readonly reason: CloseReason; readonly message: string; readonly fix: string }

export interface GreetingParts {
  /** the environment's own (environment/birth.ts) */
  readonly id: string
  readonly environment: () => Environment
  readonly identity: Identity
  readonly grants: Grants
  readonly head: () => Promise<Position>
  readonly lens: Lens
  /** ms since 1970 */
  readonly now: () => number
}

export const createGreeting =
  ({ id, environment, identity, grants, head, lens, now }: GreetingParts) =>
  async (hello: Hello): Promise<Greeting> => {
    if (!isDevice(hello.device)) {
      const message = 'a device names itself by 16 hex digits of its own'
      return { welcome: false, reason: 'malformed', message, fix: 'make a new store' }
    }
    const signedIn = await identity.verify(hello.token)
    if (!signedIn.ok) return { welcome: false, reason: 'unauthenticated', message: signedIn.why, fix: 'sign in again' }
    const known = environment()
    const person = known.person(signedIn.user) ?? known.leaver(signedIn.user)
    if (person === undefined) {
      return { welcome: false, reason: 'forbidden', message: 'no such user here', fix: 'ask an administrator' }
    }
    const { app, live, release = 0 } = hello
    const least = known.settings.leastReleases?.[app] ?? 0
    if (release < least) {
      const message = `release ${release} of ${app} is too old: this environment takes ${least} and later`
      return { welcome: false, reason: 'version', message, fix: 'update the app; unsent work stays on the device' }
    }
    const prefixes = await grants.prefixes(hello.device, person.id, hello.ids)
    if (prefixes === undefined) {
      const fix = 'open the store of the user who signs in'
      return { welcome: false, reason: 'forbidden', message: 'this device belongs to another user', fix }
    }
    const author = { person, device: hello.device, prefixes, app }
    const time = now()
    const guest = guestIn(known, { author, app, live, expires: signedIn.expires }, lens, time)
    const at = await head()
    const removed =
      known.person(person.id) === undefined ? { removed: { export: known.settings.removedMayExport === true } } : {}
    const welcome = { ...welcomeOf(known, guest, hello), ...removed, environment: id, time, at }
    return { welcome: true, guest, at, frame: encodeDown({ type: 'welcome', ...welcome }) }
  }

/** What an environment lets a device hold at a moment. */
export const guestIn = (
  environment: Environment,
  { author, app, live, expires }: Pick<Guest, 'author' | 'app' | 'live' | 'expires'>,
  lens: Lens,
  now: number,
): Guest => {
  const { person } = author
  const scope = compileScope(environment.schema, environment.profileOf(person, app), person, now, lens.rows)
  const intervals = live ? intervalsIn(scope) : scope.tables
  return { author, app, live, expires, scope, passed: new Set(intervals.keys()) }
}

/** Tables whose item in the profile names an interval, in minutes. */
const intervalsIn = ({ profile, tables }: Scope): ReadonlyMap<string, number> =>
  new Map(
    (profile?.items ?? []).flatMap(({ table, interval }) =>
      interval !== undefined && tables.has(table) ? [[table, interval] as const] : [],
    ),
  )

/** Writes through the online API are kept under a device of their own, which no device may name itself. */
const isDevice = (device: string): boolean => /^[0-9a-f]{16}$/.test(device) && device !== ONLINE

/** What the welcome says of schema, profile, columns and settings: where it would say something else, it is said anew. */
export const termsOf = (environment: Environment, { author: { person }, scope }: Guest): string =>
  JSON.stringify([person.name, scope.schema.version, scope.profile, settingsOf(environment, person, scope)])

/** Who the person is and what his roles allow: where that differs, other rows may be his. */
export const standingOf = ({
  author: { person },
  scope,
}: {
  readonly author: { readonly person: Person }
  readonly scope: Scope
}): string => JSON.stringify([person, [...scope.schema.roles]])

/** The same as its device is told. */
export const standsOf = (guest: Parameters<typeof standingOf>[0]): Stands => ({
  rights: stampOf(standingOf(guest)),
  footing: footingOf(guest.author.person),
})

const stampOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

const settingsOf = ({ schema, settings }: Environment, person: Person, scope: Scope) => {
  const rights = rightsOf(schema, person)
  const tables = [...scope.tables.values()]
  const restricted = tables.flatMap(({ table }) => {
    const writable = rights.writable(table)
    const whole = schema.tables.get(table)!.columns.every(({ id, type }) => type === 'document' || writable.has(id))
    return whole ? [] : [[table, [...writable]] as const]
  })
  const intervals = intervalsIn(scope)
  return {
    ...settings,
    ...(scope.profile?.strategy === undefined ? {} : { strategy: scope.profile.strategy, strategies: {} }),
    tables: tables.map(({ table, columnSet, columns }) => {
      const interval = intervals.get(table)
      return {
        table,
        columnSet,
        ...(columnSet === '*' ? {} : { columns: [...columns] }),
        ...(interval === undefined ? {} : { interval }),
      }
    }),
    writable: Object.fromEntries(restricted),
  }
}

const welcomeOf = (
  environment: Environment,
  { author: { person, prefixes }, scope }: Guest,
  hello: Hello,
): Omit<Welcome, 'at' | 'time' | 'environment'> => {
  const { schema } = environment
  const { profile } = scope
  const profileVersion = publicationOf(profile)
  return {
    user: { id: person.id, name: person.name },
    prefixes,
    ...settingsOf(environment, person, scope),
    ...standsOf({ author: { person }, scope }),
    schemaVersion: schema.version,
    ...(hello.schema === schema.version ? {} : { schema: { ...schema.source, roles: [] } }),
    profileVersion,
    ...(hello.profile === profileVersion || profile === undefined ? {} : { profile }),
  }
}
