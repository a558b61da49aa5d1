import {
  checkProfile,
  compileSchema,
  definitionOf,
  failed,
  type Fault,
  type ProfileSource,
  type Schema,
  type SchemaSource,
} from '@rejoin/profile'
import { SCHEMA } from '../environment/environment.ts'
import type { Profiles } from '../environment/profiles.ts'
import { type Action, changing, type Expected, refusedBy, unexpected } from './change.ts'

/** The tables as administrators read and write them: without roles, which are kept beside them. */
export const schemaSource = ({ source }: Schema): SchemaSource => {
  const { roles: _, ...plain } = source
  return plain
}

/**
 * Gives the environment another schema, with a version of its own. Refused with every fault at once; what would take
 * values from records (a table or column left out, a type or key changed) only where `lose` says so.
 */
export const putSchema =
  (source: unknown, { lose = false, ...expected }: Expected & { readonly lose?: boolean } = {}): Action =>
  environment => {
    const { schema: present } = environment
    const refused = refusedBy(unexpected(schemaSource(present), expected, 'schema'))
    if (refused !== undefined) return refused
    const version = present.version + 1
    const compiled = compileSchema({ ...(source as object), roles: [...present.roles.values()], version })
    if (!compiled.ok) return compiled
    const faults = [
      ...(lose ? [] : losses(present, compiled.value)),
      ...inForce(environment.profiles).flatMap(profile => checkProfile(compiled.value, profile)),
    ]
    if (faults.length > 0) return failed(...faults)
    return changing(`put version ${version} of the schema`, [{ ...SCHEMA, value: schemaSource(compiled.value) }])
  }

const inForce = ({ lives }: Profiles): ProfileSource[] =>
  [...lives.values()].flatMap(({ life }) => (life.published === undefined ? [] : [definitionOf(life.published)]))

const losses = (before: Schema, after: Schema): Fault[] =>
  [...before.tables.values()].flatMap((table): Fault[] => {
    const at = `table ${table.name}`
    const next = after.tables.get(table.name)
    if (next === undefined) return [loss(at, 'would go, with its records')]
    return [
      ...(next.primaryKey === table.primaryKey ? [] : [loss(at, `would have another primary key`)]),
      ...table.columns.flatMap(({ id, name, type }) => {
        const column = next.byId.get(id)
        const place = `${at}, column ${name}`
        if (column === undefined) return [loss(place, 'would go, with its values')]
        return column.type === type ? [] : [loss(place, `would become ${column.type}; its values are ${type}`)]
      }),
    ]
  })

const loss = (at: string, message: string): Fault => ({
  code: 'would-lose',
  at,
  message,
  fix: 'keep it (a column is renamed by keeping its `id`), or say that it may be lost',
})
