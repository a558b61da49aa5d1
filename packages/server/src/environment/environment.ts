import {
  type App,
  compileSchema,
  FaultError,
  type Fault,
  type Person,
  type ProfileLimits,
  type PublishedProfile,
  type Schema,
  type SchemaSource,
  type Strategies,
  type StrategyName,
  type SyncMode,
} from '@rejoin/profile'
import {
  amended,
  type Directory,
  directoryEntries,
  type DirectorySource,
  emptyDirectory,
  type EntryKey,
} from '../directory/directory.ts'
import { resolvePerson } from '../directory/resolve.ts'
import { checkRules, type Rule } from '../rules/rule.ts'
import type { Entry, View } from '../storage/storage.ts'
import {
  amendedList,
  type Effective,
  effectiveIn,
  type GivenProfile,
  givenEntries,
  noProfiles,
  type Profiles,
  profilesAfter,
} from './profiles.ts'
import { strategiesNamed, strategyFaults } from './strategies.ts'

/**
 * One environment as the relay works with it: schema, directory, published profiles and settings, read from the
 * storage's entries and kept compiled. Never changed: `environmentAfter` gives the next one.
 */
export interface Environment {
  readonly schema: Schema
  readonly settings: Settings
  readonly directory: Directory
  /** how often an administrator has changed it */
  readonly changes: number
  person(id: string): Person | undefined
  /**
   * Who was removed, with nothing left to him: his device is greeted so that its rows leave it and what it has not sent
   * is kept as refused (MB6). Not where there are no roles: there everybody may do everything.
   */
  leaver(id: string): Person | undefined
  people(): readonly Person[]
  readonly profiles: Profiles
  /** all that are in force */
  published(): readonly PublishedProfile[]
  /** which profile a person has in an app, and why (MB3); undefined = none */
  effectiveOf(person: Person, app: string): Effective | undefined
  /** its published form; undefined = downloads nothing (MB1) */
  profileOf(person: Person, app: string): PublishedProfile | undefined
  /** those of a person in all apps */
  profilesOf(person: Person): readonly PublishedProfile[]
  /** that of the author's profile in the app he works with, else of the table, else of all (CF12) */
  strategyOf(table: string, by?: { readonly person: Person; readonly app?: string }): StrategyName
  /** those it may name */
  readonly strategies: Strategies
  /** those as data about a table */
  rulesOf(table: string): readonly Rule[]
}

export interface Settings {
  /** `clientWins` is the documents' "conflict detection: No", `serverWins` its "Yes" (CF2) */
  readonly strategy: StrategyName
  /** tables that differ (CF12) */
  readonly strategies: Readonly<Record<string, StrategyName>>
  /** what nobody may do to a record as it stands (CF10) */
  readonly rules?: readonly Rule[]
  /** hours after its last refresh at which a device's cache expires (CA1); absent: `CACHE_HOURS` */
  readonly cacheHours?: number
  /** hours rows of a device's own making stay readable there after they left its profile (DS15); absent: `GRACE_HOURS` */
  readonly graceHours?: number
  /** how users may choose to be brought up to date (DS12); absent: as they like */
  readonly syncModes?: readonly SyncMode[]
  /** rows a device may hold, in all and of single tables (FS7); absent: `MOST_ROWS` in all */
  readonly rowCaps?: RowCaps
  /** a user who was removed may keep his unsent work as a file (MB6) */
  readonly removedMayExport?: boolean
  /** by app, the least release that may sync; absent: any */
  readonly leastReleases?: Readonly<Record<string, number>>
  /** of relationships in profiles (PR14, PR16); default the documented ones */
  readonly limits?: ProfileLimits
}

export interface RowCaps {
  readonly all?: number
  readonly tables?: Readonly<Record<string, number>>
}

/** What an environment is made of. */
export interface EnvironmentSource {
  /** with the roles it begins with; stored, they stand beside it, for administrators to change */
  readonly schema: SchemaSource
  readonly settings: Settings
  readonly directory?: DirectorySource
  /** people given ready-made, each as the directory would resolve them: for tests */
  readonly people: readonly Person[]
  readonly profiles: readonly GivenProfile[]
  /** default: one for any app, with all the profiles */
  readonly apps?: readonly App[]
}

export const defaultSettings: Settings = { strategy: 'clientWins', strategies: {} }

export const SCHEMA = { kind: 'environment', id: 'schema' } as const
export const SETTINGS = { kind: 'environment', id: 'settings' } as const
/** The number of changes made by administrators, in the same commits as the changes. */
export const CHANGES = { kind: 'environment', id: 'changes' } as const

export const environmentEntries = ({
  schema,
  settings,
  directory,
  people,
  profiles,
  apps,
}: EnvironmentSource): Entry[] => {
  return [
    ...schemaEntries(schema),
    { ...SETTINGS, value: settings },
    ...directoryEntries(directory ?? {}),
    ...people.map(person => ({ kind: 'person', id: person.id, value: person })),
    ...givenEntries(profiles, schema, apps),
  ]
}

/** Roles become entries of their own. */
export const schemaEntries = ({ roles = [], ...rest }: SchemaSource): Entry[] => [
  { ...SCHEMA, value: rest },
  ...directoryEntries({ roles }),
]

const kinds = [
  'environment',
  'unit',
  'team',
  'user',
  'leaver',
  'role',
  'share',
  'person',
  'profile',
  'app',
  'assignment',
]

/**
 * @param strategies those its relay knows; absent: whatever it names
 * @throws FaultError where the environment has no schema, or one that does not compile, or a rule that does not fit it,
 *   or names a strategy that is not known
 */
export const loadEnvironment = async (view: View, strategies?: Strategies): Promise<Environment> => {
  const entries: Entry[] = []
  for (const kind of kinds) entries.push(...(await view.entries(kind)))
  return assemble(stateAfter(nothing, entries, []), strategies)
}

/** @throws FaultError where the schema does not compile, or a strategy is named that is not known */
export const compileEnvironment = (source: EnvironmentSource, strategies?: Strategies): Environment =>
  assemble(stateAfter(nothing, environmentEntries(source), []), strategies)

/**
 * The environment after a change of its entries, with all that stayed the same.
 *
 * @throws FaultError where the schema does not compile, a rule does not fit it, or a strategy is not known
 */
export const environmentAfter = (
  environment: Environment,
  written: readonly Entry[],
  removed: readonly EntryKey[],
): Environment => {
  const state = states.get(environment)
  if (state === undefined) throw new Error('the environment was not made here')
  return assemble(stateAfter(state, written, removed), environment.strategies, environment)
}

/** What an environment was compiled from. */
interface State {
  readonly schema: SchemaSource | undefined
  readonly settings: Settings
  readonly changes: number
  readonly directory: Directory
  readonly people: ReadonlyMap<string, Person>
  readonly profiles: Profiles
}

const nothing: State = {
  schema: undefined,
  settings: defaultSettings,
  changes: 0,
  directory: emptyDirectory,
  people: new Map(),
  profiles: noProfiles,
}

const states = new WeakMap<Environment, State>()

const stateAfter = (state: State, written: readonly Entry[], removed: readonly EntryKey[]): State => {
  const valueOf = (key: EntryKey): unknown => written.find(({ kind, id }) => kind === key.kind && id === key.id)?.value
  return {
    schema: (valueOf(SCHEMA) as SchemaSource | undefined) ?? state.schema,
    settings: (valueOf(SETTINGS) as Settings | undefined) ?? state.settings,
    changes: (valueOf(CHANGES) as number | undefined) ?? state.changes,
    directory: amended(state.directory, written, removed),
    people: amendedList(
      state.people,
      [...removed.map(key => ({ ...key, value: undefined })), ...written].filter(({ kind }) => kind === 'person'),
    ),
    profiles: profilesAfter(state.profiles, written, removed),
  }
}

const assemble = (state: State, known: Strategies | undefined, before?: Environment): Environment => {
  const schema = compiled(state, before)
  const { settings, directory, people, changes, profiles } = state
  const resolved = new Map<string, Person | undefined>()
  const person = (id: string): Person | undefined => {
    if (!resolved.has(id)) resolved.set(id, people.get(id) ?? resolvePerson(directory, id))
    return resolved.get(id)
  }
  const rules = rulesByTable(schema, settings.rules ?? none)
  const published = [...profiles.lives.values()].flatMap(({ life }) => life.published?.profile ?? [])
  const strategies = known ?? strategiesNamed(settings, published)
  const unknown = strategyFaults(strategies, settings, published)
  if (unknown.length > 0) throw new FaultError(unknown)
  const hasLeft = (id: string): boolean => directory.leavers.has(id) && person(id) === undefined
  const effectiveOf = (asking: Person, app: string): Effective | undefined =>
    hasLeft(asking.id) ? undefined : effectiveIn(profiles, asking, app)
  const environment: Environment = {
    schema,
    settings,
    directory,
    changes,
    person,
    leaver: id => (hasLeft(id) && schema.roles.size > 0 ? { id, name: id, teams: [], roles: [] } : undefined),
    people: () => [...new Set([...people.keys(), ...directory.users.keys()])].flatMap(id => person(id) ?? []),
    profiles,
    published: () => published,
    effectiveOf,
    profileOf: (asking, app) => effectiveOf(asking, app)?.published,
    profilesOf: asking => [
      ...new Set([...profiles.apps.keys()].flatMap(app => effectiveOf(asking, app)?.published ?? [])),
    ],
    rulesOf: table => rules.get(table) ?? none,
    strategyOf: (table, by) => {
      const profile = by?.app === undefined ? undefined : effectiveOf(by.person, by.app)?.published
      return profile?.strategy ?? settings.strategies[table] ?? settings.strategy
    },
    strategies,
  }
  states.set(environment, state)
  return environment
}

const compiled = (state: State, before: Environment | undefined): Schema => {
  const known = before === undefined ? undefined : states.get(before)
  if (before !== undefined && known?.schema === state.schema && known?.directory.roles === state.directory.roles) {
    return before.schema
  }
  if (state.schema === undefined) throw new FaultError([noSchema])
  const roles = new Map((state.schema.roles ?? []).map(role => [role.name, role]))
  for (const [name, role] of state.directory.roles) roles.set(name, role)
  const schema = compileSchema({ ...state.schema, roles: [...roles.values()] })
  if (!schema.ok) throw new FaultError(schema.faults)
  return schema.value
}

const none: readonly Rule[] = []

const rulesByTable = (schema: Schema, rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> => {
  const faults = checkRules(schema, rules)
  if (faults.length > 0) throw new FaultError(faults)
  const byTable = new Map<string, Rule[]>()
  for (const rule of rules) byTable.set(rule.table, [...(byTable.get(rule.table) ?? []), rule])
  return byTable
}

const noSchema: Fault = {
  code: 'no-schema',
  at: 'environment',
  message: 'the database holds no schema',
  fix: 'load one with `rejoin import --schema FILE`, or start with the sample environment',
}
