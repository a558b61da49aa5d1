import {
  compileSchema,
  FaultError,
  type Fault,
  type Person,
  type PublishedProfile,
  type Schema,
  type SchemaSource,
  strategies,
  type Strategy,
  type StrategyName,
} from '@rejoin/profile'
import type { Entry, View } from '../storage/storage.ts'

/**
 * One environment as the relay works with it: schema, people, published profiles and settings, read from the
 * storage's entries and kept compiled. Replaced as a whole when an entry changes.
 */
export interface Environment {
  readonly schema: Schema
  readonly settings: Settings
  person(id: string): Person | undefined
  people(): readonly Person[]
  /** the one effective profile of a person; undefined = downloads nothing (MB1) */
  profileOf(person: Person): PublishedProfile | undefined
  strategyOf(table: string): Strategy
}

export interface Settings {
  /** `clientWins` is the documents' "conflict detection: No", `serverWins` its "Yes" (CF2) */
  readonly strategy: StrategyName
  /** tables that differ (CF12) */
  readonly strategies: Readonly<Record<string, StrategyName>>
}

/** A published profile with who it is for. */
export interface StoredProfile {
  readonly profile: PublishedProfile
  readonly members: {
    readonly everyone?: boolean
    readonly people?: readonly string[]
    readonly teams?: readonly string[]
  }
}

/** What an environment is made of, as entries. */
export interface EnvironmentSource {
  readonly schema: SchemaSource
  readonly settings: Settings
  readonly people: readonly Person[]
  readonly profiles: readonly StoredProfile[]
}

export const defaultSettings: Settings = { strategy: 'clientWins', strategies: {} }

export const environmentEntries = (source: EnvironmentSource): Entry[] => [
  { kind: 'environment', id: 'schema', value: source.schema },
  { kind: 'environment', id: 'settings', value: source.settings },
  ...source.people.map(person => ({ kind: 'person', id: person.id, value: person })),
  ...source.profiles.map(stored => ({ kind: 'profile', id: stored.profile.name, value: stored })),
]

/** @throws FaultError where the environment has no schema, or one that does not compile */
export const loadEnvironment = async (view: View): Promise<Environment> => {
  const schema = await view.entry('environment', 'schema')
  if (schema === undefined) throw new FaultError([noSchema])
  const settings = await view.entry('environment', 'settings')
  const people = await view.entries('person')
  const profiles = await view.entries('profile')
  return compileEnvironment({
    schema: schema.value as SchemaSource,
    settings: (settings?.value as Settings | undefined) ?? defaultSettings,
    people: people.map(({ value }) => value as Person),
    profiles: profiles.map(({ value }) => value as StoredProfile),
  })
}

const noSchema: Fault = {
  code: 'no-schema',
  at: 'environment',
  message: 'the database holds no schema',
  fix: 'load one with `rejoin import --schema FILE`, or start with the sample environment',
}

export const compileEnvironment = (source: EnvironmentSource): Environment => {
  const schema = compileSchema(source.schema)
  if (!schema.ok) throw new FaultError(schema.faults)
  const people = new Map(source.people.map(person => [person.id, person]))
  const { settings } = source
  return {
    schema: schema.value,
    settings,
    person: id => people.get(id),
    people: () => [...people.values()],
    profileOf: person => effectiveProfile(source.profiles, person),
    strategyOf: table => strategies[settings.strategies[table] ?? settings.strategy],
  }
}

/** Direct membership before teams before everyone (MB3). */
const effectiveProfile = (profiles: readonly StoredProfile[], person: Person): PublishedProfile | undefined => {
  const found =
    profiles.find(({ members }) => members.people?.includes(person.id)) ??
    profiles.find(({ members }) => members.teams?.some(team => person.teams.includes(team))) ??
    profiles.find(({ members }) => members.everyone)
  return found?.profile
}
