import {
  checkProfile,
  compileSchema,
  defaultProfile,
  documentedNames,
  type Fault,
  FaultError,
  isRecordId,
  type ProfileItem,
  type SchemaSource,
  type TableSource,
} from '@rejoin/profile'
import { z } from 'zod'
import { auditEntry } from '../admin/audit.ts'
import { checkDirectory } from '../directory/check.ts'
import { amended, directoryEntries, type DirectorySource, emptyDirectory, type Team } from '../directory/directory.ts'
import {
  CHANGES,
  type Environment,
  loadEnvironment,
  SCHEMA,
  SETTINGS,
  defaultSettings,
} from '../environment/environment.ts'
import { type GivenProfile, givenEntries } from '../environment/profiles.ts'
import { type Entry, entryKey, type Storage } from '../storage/storage.ts'

/**
 * Makes or widens the environment of a database: its schema, a table an import brings, its people. An environment
 * without people gets one, `admin`, who may do everything; one without profiles gets `Everything`, for everyone, and
 * the documented default where it fits.
 */
export interface Enrolment {
  readonly schema?: SchemaSource
  /** added to the schema where it has no table of this name */
  readonly table?: TableSource
  readonly people?: readonly Enrolled[]
}

/** A user as files list them; units and teams that are only named are made. */
export interface Enrolled {
  readonly id: string
  readonly name: string
  readonly unit?: string | undefined
  readonly teams: readonly string[]
  readonly roles: readonly string[]
}

/**
 * @returns what the environment now is
 * @throws FaultError where the schema does not compile, or people name what is not there; nothing is written then
 */
export const enrol = async (storage: Storage, enrolment: Enrolment): Promise<Environment> => {
  for (;;) {
    const environment = await storage.snapshot(async view =>
      (await view.entry(SCHEMA.kind, SCHEMA.id)) === undefined ? undefined : loadEnvironment(view),
    )
    const entries = entriesAfter(environment, enrolment)
    const number = (environment?.changes ?? 0) + 1
    const audited = auditEntry({
      number,
      at: Date.now(),
      by: 'command line',
      what: 'imported',
      entries: keysOf(entries),
    })
    const isDone = await storage.commit({ entries: [CHANGES] }, found => {
      // Somebody else has changed the environment meanwhile: it is looked at again.
      if ((found.entries.get(entryKey(CHANGES))?.value ?? 0) !== number - 1) return { result: false }
      return { result: true, entries: [...entries, { ...CHANGES, value: number }, audited] }
    })
    if (isDone) return storage.snapshot(loadEnvironment)
  }
}

const keysOf = (entries: readonly Entry[]) => entries.map(({ kind, id }) => ({ kind, id }))

const entriesAfter = (environment: Environment | undefined, enrolment: Enrolment): Entry[] => {
  const { roles = [], ...schema } = schemaAfter(environment?.schema.source, enrolment)
  const compiled = compileSchema({ ...schema, roles })
  if (!compiled.ok) throw new FaultError(compiled.faults)
  const people = directoryEntries(directoryAfter(environment, { ...schema, roles }, enrolment.people ?? []))
  const faults = checkDirectory(amended(environment?.directory ?? emptyDirectory, people), compiled.value)
  if (faults.length > 0) throw new FaultError(faults)
  return [
    { ...SCHEMA, value: schema },
    { ...SETTINGS, value: environment?.settings ?? defaultSettings },
    ...people,
    ...everythingEntries(environment, schema),
  ]
}

const directoryAfter = (
  environment: Environment | undefined,
  { roles = [] }: SchemaSource,
  people: readonly Enrolled[],
): DirectorySource => {
  if (people.length === 0 && (environment?.people().length ?? 0) === 0) {
    const admin = roles.find(role => role.admin === true) ?? ADMINISTRATOR
    const all = new Set([...roles, admin])
    return {
      roles: [...all],
      users: [{ id: 'admin', name: 'Administrator', roles: [...all].map(({ name }) => name) }],
    }
  }
  const known = environment?.directory
  const named = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())]
  const units = named(people.map(({ unit }) => (unit === undefined ? [] : [unit])))
  const teams = named(people.map(person => person.teams)).map((id): Team => {
    const team = known?.teams.get(id) ?? { id, name: id, members: [] }
    const members = people.filter(person => person.teams.includes(id)).map(person => person.id)
    return { ...team, members: [...new Set([...team.members, ...members])] }
  })
  return {
    roles,
    units: units.filter(id => known?.units.has(id) !== true).map(id => ({ id, name: id })),
    teams,
    users: people.map(({ id, name, unit, roles: own }) => ({
      ...known?.users.get(id),
      id,
      name,
      roles: own,
      ...(unit === undefined ? {} : { unit }),
    })),
  }
}

/** Who has it is never shut out: it opens every table, and the administration. */
const ADMINISTRATOR = {
  name: 'administrator',
  admin: true,
  tables: { '*': { create: 'all', read: 'all', write: 'all', delete: 'all' } },
} as const

const schemaAfter = (present: SchemaSource | undefined, { schema, table }: Enrolment): SchemaSource => {
  if (schema !== undefined && present !== undefined && !isSameSchema(schema, present)) {
    throw new FaultError([schemaExists])
  }
  const base = present ?? schema ?? { version: 0, tables: [] }
  if (table === undefined || base.tables.some(({ name }) => name === table.name)) return base
  return { ...base, version: (base.version ?? 1) + 1, tables: [...base.tables, table] }
}

/** Roles are the environment's own once it is made: an administrator may have changed them. */
const isSameSchema = (one: SchemaSource, other: SchemaSource): boolean => {
  const plain = (source: SchemaSource): string => {
    const schema = compileSchema({ ...source, roles: [] })
    return JSON.stringify(schema.ok ? schema.value.source : source)
  }
  return plain(one) === plain(other)
}

const schemaExists: Fault = {
  code: 'schema-exists',
  at: '--schema',
  message: 'the database has another schema already',
  fix: 'leave --schema out, or give a new database',
}

/** Kept in step with the schema as long as nobody has written another profile. */
const EVERYTHING = 'Everything'

const everythingEntries = (environment: Environment | undefined, schema: SchemaSource): Entry[] => {
  const lives = environment?.profiles.lives ?? new Map()
  const own = environment?.profiles.lives.get(EVERYTHING)?.life.published?.profile
  if (lives.size > 0 && own === undefined) return []
  const items: ProfileItem[] = schema.tables
    .filter(({ offline }) => offline !== false)
    .map(({ name }) => ({ table: name, filter: { kind: 'all' } }))
  if (own?.items.length === items.length) return []
  const profile = { name: EVERYTHING, version: (own?.version ?? 0) + 1, items }
  const everything: GivenProfile = { profile, members: { everyone: true } }
  return own === undefined
    ? givenEntries([everything, ...defaultsFor(schema)], schema)
    : givenEntries([everything], schema, [])
}

/** The documented default, where the schema is that of the documented product (PR0). */
const defaultsFor = (source: SchemaSource): GivenProfile[] => {
  const schema = compileSchema(source)
  const profile = defaultProfile(documentedNames)
  const fits = schema.ok && checkProfile(schema.value, profile).length === 0
  return fits ? [{ id: 'default', profile: { ...profile, version: 1 }, members: {}, managed: true }] : []
}

const id = z.string().refine(isRecordId, 'must be an id: 1 to 64 letters, digits and . _ : -')
const personShape = z.strictObject({
  id,
  name: z.string().min(1),
  unit: id.optional(),
  teams: z.array(id).default([]),
  roles: z.array(z.string()).default([]),
})

/** @throws FaultError naming the place of every fault */
export const readPeople = (value: unknown, name: string): readonly Enrolled[] => {
  const parsed = z.array(personShape).safeParse(value)
  if (parsed.success) return parsed.data
  throw new FaultError(
    parsed.error.issues.map(({ path, message }) => ({ code: 'people', at: `${name}, ${path.join('.')}`, message })),
  )
}
