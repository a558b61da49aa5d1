import {
  compileSchema,
  type Fault,
  FaultError,
  type Person,
  type ProfileItem,
  type SchemaSource,
  type TableSource,
} from '@rejoin/profile'
import { z } from 'zod'
import {
  defaultSettings,
  type EnvironmentSource,
  environmentEntries,
  type StoredProfile,
} from '../environment/environment.ts'
import type { Storage } from '../storage/storage.ts'

/**
 * Makes or widens the environment of a database: its schema, a table an import brings, its people. An environment
 * without people gets one, `admin`, with every role; one without profiles gets `Everything`, for everyone.
 */
export interface Enrolment {
  readonly schema?: SchemaSource
  /** added to the schema where it has no table of this name */
  readonly table?: TableSource
  readonly people?: readonly Person[]
}

/** @returns what the environment now is. @throws FaultError where the schema does not compile; nothing is written then */
export const enrol = (storage: Storage, enrolment: Enrolment): Promise<EnvironmentSource> =>
  storage
    .snapshot(async view => {
      const schema = await view.entry('environment', 'schema')
      const settings = await view.entry('environment', 'settings')
      return {
        schema: schema?.value as SchemaSource | undefined,
        settings: (settings?.value as EnvironmentSource['settings'] | undefined) ?? defaultSettings,
        people: (await view.entries('person')).map(({ value }) => value as Person),
        profiles: (await view.entries('profile')).map(({ value }) => value as StoredProfile),
      }
    })
    .then(async present => {
      const schema = schemaAfter(present.schema, enrolment)
      const compiled = compileSchema(schema)
      if (!compiled.ok) throw new FaultError(compiled.faults)
      const roles = (schema.roles ?? []).map(({ name }) => name)
      const people = [...(enrolment.people ?? []), ...present.people]
      const source = {
        schema,
        settings: present.settings,
        people: people.length > 0 ? people : [{ id: 'admin', name: 'Administrator', teams: [], roles }],
        profiles: profilesAfter(present.profiles, schema),
      }
      await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(source) }))
      return source
    })

const schemaAfter = (present: SchemaSource | undefined, { schema, table }: Enrolment): SchemaSource => {
  if (schema !== undefined && present !== undefined && JSON.stringify(schema) !== JSON.stringify(present)) {
    throw new FaultError([schemaExists])
  }
  const base = present ?? schema ?? { version: 0, tables: [] }
  if (table === undefined || base.tables.some(({ name }) => name === table.name)) return base
  return { ...base, version: (base.version ?? 1) + 1, tables: [...base.tables, table] }
}

const schemaExists: Fault = {
  code: 'schema-exists',
  at: '--schema',
  message: 'the database has another schema already',
  fix: 'leave --schema out, or give a new database',
}

/** Kept in step with the schema as long as nobody has written another profile. */
const EVERYTHING = 'Everything'

const profilesAfter = (present: readonly StoredProfile[], schema: SchemaSource): readonly StoredProfile[] => {
  const own = present.find(({ profile }) => profile.name === EVERYTHING)
  if (present.length > 0 && own === undefined) return present
  const items: ProfileItem[] = schema.tables
    .filter(({ offline }) => offline !== false)
    .map(({ name }) => ({ table: name, filter: { kind: 'all' } }))
  if (own !== undefined && own.profile.items.length === items.length) return present
  const profile = { name: EVERYTHING, version: (own?.profile.version ?? 0) + 1, items }
  return [...present.filter(stored => stored !== own), { profile, members: { everyone: true } }]
}

const personShape = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().min(1),
  unit: z.string().optional(),
  teams: z.array(z.string()).default([]),
  roles: z.array(z.string()).default([]),
})

/** @throws FaultError naming the place of every fault */
export const readPeople = (value: unknown, name: string): readonly Person[] => {
  const parsed = z.array(personShape).safeParse(value)
  if (parsed.success) return parsed.data as readonly Person[]
  throw new FaultError(
    parsed.error.issues.map(({ path, message }) => ({ code: 'people', at: `${name}, ${path.join('.')}`, message })),
  )
}
