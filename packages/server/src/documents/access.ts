import { compileScope, type Fields, type Person, rightsOf } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import { createLens } from '../live/linked.ts'
import { createPresence } from '../scope/presence.ts'
import type { View } from '../storage/storage.ts'

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
 * @param now ms since 1970, for filters that speak of the present
 */
export const accessTo = async (
  view: View,
  environment: Environment,
  person: Person,
  { table, record, column }: DocumentPlace,
  now: number,
): Promise<Access | undefined> => {
  const { schema } = environment
  const definition = schema.tables.get(table)?.byName.get(column)
  const [stored] = await view.records([{ table, id: record }])
  if (definition?.type !== 'document' || stored === undefined) return undefined
  for (const profile of environment.profilesOf(person)) {
    const lens = createLens()
    const scope = compileScope(schema, profile, person, now, lens.rows)
    if (scope.tables.get(table)?.columns.has(definition.id) !== true) continue
    if (!(await createPresence(scope, lens).among(view, table, [stored])).has(record)) continue
    const rights = rightsOf(schema, person)
    const reaches = rights.reaches(table, 'write', JSON.parse(stored.json) as Fields, record)
    return { column: definition.id, write: reaches && rights.writable(table).has(definition.id) }
  }
  return undefined
}
