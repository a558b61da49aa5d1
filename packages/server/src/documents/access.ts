import { compileScope, type Fields, type Person, rightsOf } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'

/** Which document a socket wants. */
export interface DocumentPlace {
  readonly table: string
  readonly record: string
  /** by name */
  readonly column: string
}

/** What a person may do with a document of a record; undefined = for him there is none. */
export interface Access {
  /** stable id of the column */
  readonly column: string
  readonly write: boolean
}

/**
 * A document is open to a person exactly while its record and its column are in his scope, in any of his apps: its
 * socket, a stock provider's, names none.
 *
 * @param fields of the record as it now is; undefined where it does not exist or is deleted
 * @param now ms since 1970, for filters that speak of the present
 */
export const accessTo = (
  environment: Environment,
  person: Person,
  { table, record, column }: DocumentPlace,
  fields: Fields | undefined,
  now: number,
): Access | undefined => {
  const definition = environment.schema.tables.get(table)?.byName.get(column)
  if (definition?.type !== 'document' || fields === undefined) return undefined
  const isHeld = environment.profilesOf(person).some(profile => {
    const part = compileScope(environment.schema, profile, person, now).tables.get(table)
    return part?.columns.has(definition.id) === true && part.holds(fields, record)
  })
  if (!isHeld) return undefined
  const rights = rightsOf(environment.schema, person)
  const write = rights.reaches(table, 'write', fields, record) && rights.writable(table).has(definition.id)
  return { column: definition.id, write }
}
