import {
  type App,
  type Assignment,
  beginManaged,
  compileSchema,
  type EffectiveProfile,
  effectiveProfile,
  knownAt,
  type ManagedProfile,
  type Membership,
  type Person,
  type ProfileLife,
  type ProfileSource,
  type PublishedProfile,
  type SchemaSource,
} from '@rejoin/profile'
import type { EntryKey } from '../directory/directory.ts'
import type { Entry } from '../storage/storage.ts'

/**
 * Offline profiles as an environment keeps them: their lives, the apps they are attached to, and who is assigned to
 * them. Assignments are entries of their own: one user more or less touches neither the profile nor anybody else (MB2).
 */
export interface StoredProfile {
  readonly life: ProfileLife
  /** of a managed default (MG) */
  readonly vendor?: ManagedProfile['vendor']
}

export interface StoredAssignment extends Assignment {
  /** id of the profile */
  readonly profile: string
  readonly to: 'user' | 'team'
}

/** An app without an entry of its own is this one. */
export const ANY_APP = '*'

export const profileEntry = (id: string, value: StoredProfile): Entry => ({ kind: 'profile', id, value })
export const appEntry = (app: App): Entry => ({ kind: 'app', id: app.name, value: app })
export const assignmentId = ({ profile, to, id }: Omit<StoredAssignment, 'at'>): string => `${to}/${id}/${profile}`
export const assignmentEntry = (assignment: StoredAssignment): Entry => ({
  kind: 'assignment',
  id: assignmentId(assignment),
  value: assignment,
})

/** A profile in force from the start, as tests and samples write it. */
export interface GivenProfile {
  /** default: its name */
  readonly id?: string
  readonly profile: PublishedProfile
  /** a vendor goes on updating it; its form is then the vendor's */
  readonly managed?: boolean
  readonly members: {
    /** of all apps that have no entry of their own */
    readonly everyone?: boolean
    readonly people?: readonly string[]
    readonly teams?: readonly string[]
  }
}

/** Where no apps are given, one for any app has all the profiles; the first for everyone is its default. */
export const givenEntries = (
  given: readonly GivenProfile[],
  source: SchemaSource,
  apps: readonly App[] = [anyAppOf(given)],
): Entry[] => [
  ...given.flatMap(each => {
    const profile = idOf(each)
    const assigned = (to: 'user' | 'team', ids: readonly string[] = []): Entry[] =>
      ids.map(id => assignmentEntry({ profile, to, id, at: 0 }))
    return [
      profileEntry(profile, lifeOf(each, source)),
      ...assigned('user', each.members.people),
      ...assigned('team', each.members.teams),
    ]
  }),
  ...apps.map(appEntry),
]

const idOf = ({ id, profile }: GivenProfile): string => id ?? profile.name

const anyAppOf = (given: readonly GivenProfile[]): App => {
  const first = given.find(({ members }) => members.everyone === true)
  return { name: ANY_APP, profiles: given.map(idOf), ...(first === undefined ? {} : { default: idOf(first) }) }
}

const lifeOf = ({ profile, managed = false }: GivenProfile, source: SchemaSource): StoredProfile => {
  const { version: _, ...definition } = profile
  const schema = compileSchema(source)
  const known = schema.ok ? knownAt(schema.value, definition) : { tables: [], columns: {} }
  const life: ProfileLife = { state: 'Published', published: { profile, at: 0, known }, earlier: [] }
  return managed && schema.ok ? { ...vendorOf(definition, schema.value), life } : { life }
}

const vendorOf = (definition: ProfileSource, schema: Parameters<typeof beginManaged>[1]): Partial<ManagedProfile> => {
  const begun = beginManaged(definition, schema, 0)
  return begun.ok ? { vendor: begun.value.vendor } : {}
}

export interface Profiles {
  readonly lives: ReadonlyMap<string, StoredProfile>
  readonly apps: ReadonlyMap<string, App>
  /** by `to/id`, then by profile */
  readonly assigned: ReadonlyMap<string, ReadonlyMap<string, StoredAssignment>>
}

export const noProfiles: Profiles = { lives: new Map(), apps: new Map(), assigned: new Map() }

/** The same ones where no entry is of profiles. */
export const profilesAfter = (
  profiles: Profiles,
  written: readonly Entry[],
  removed: readonly EntryKey[],
): Profiles => {
  const changes = [...removed.map(key => ({ ...key, value: undefined })), ...written]
  const lives = changes.filter(({ kind }) => kind === 'profile')
  const apps = changes.filter(({ kind }) => kind === 'app')
  const assignments = changes.filter(({ kind }) => kind === 'assignment')
  if (lives.length + apps.length + assignments.length === 0) return profiles
  return {
    lives: amendedList(profiles.lives, lives),
    apps: amendedList(profiles.apps, apps),
    assigned: assignments.length === 0 ? profiles.assigned : amendedAssignments(profiles.assigned, assignments),
  }
}

export const amendedList = <T>(list: ReadonlyMap<string, T>, changes: readonly Entry[]): ReadonlyMap<string, T> => {
  if (changes.length === 0) return list
  const next = new Map(list)
  for (const { id, value } of changes) {
    if (value === undefined) next.delete(id)
    else next.set(id, value as T)
  }
  return next
}

const amendedAssignments = (before: Profiles['assigned'], changes: readonly Entry[]): Profiles['assigned'] => {
  const assigned = new Map(before)
  const own = new Map<string, Map<string, StoredAssignment>>()
  for (const { id, value } of changes) {
    const [to = '', who = '', ...profile] = id.split('/')
    const key = `${to}/${who}`
    const list = own.get(key) ?? new Map(assigned.get(key))
    own.set(key, list)
    assigned.set(key, list)
    if (value === undefined) list.delete(profile.join('/'))
    else list.set(profile.join('/'), value as StoredAssignment)
  }
  return assigned
}

/** Which profile a person has in an app, and why (MB3). */
export interface Effective extends EffectiveProfile {
  /** undefined where it was never published: nothing is downloaded */
  readonly published: PublishedProfile | undefined
}

/** @returns undefined = downloads nothing (MB1); also in an app nothing is attached to (MB4) */
export const effectiveIn = (
  { lives, apps, assigned }: Profiles,
  person: Pick<Person, 'id' | 'teams'>,
  name: string,
): Effective | undefined => {
  const app = apps.get(name) ?? apps.get(ANY_APP)
  if (app === undefined) return undefined
  const own = [...(assigned.get(`user/${person.id}`)?.values() ?? [])]
  const teams = person.teams.flatMap(team => [...(assigned.get(`team/${team}`)?.values() ?? [])])
  const found = effectiveProfile(app, person, membershipsOf([...own, ...teams]))
  return found && { ...found, published: lives.get(found.profile)?.life.published?.profile }
}

/** Of all memberships those that concern one person: what `effectiveProfile` asks for, without everybody else. */
const membershipsOf = (assignments: readonly StoredAssignment[]): Membership[] =>
  assignments.map(({ profile, to, id, at }) => ({
    profile,
    people: to === 'user' ? [{ id, at }] : [],
    teams: to === 'team' ? [{ id, at }] : [],
  }))
