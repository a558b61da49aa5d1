import type { Fault } from '../fault.ts'
import type { Schema } from '../schema/schema.ts'
import { checkProfile } from './check.ts'
import { definitionOf, type Publication } from './life.ts'
import { documentedLimits, type ProfileLimits } from './limits.ts'

/** How a schema went on since a profile was published on it (PR12). */
export interface Drift {
  /** tables that can be taken offline and columns of items that select some: reported until they are chosen */
  readonly added: readonly { readonly table: string; readonly column?: string }[]
  /** selected under a name the column no longer has: it arrives blank */
  readonly renamed: readonly { readonly table: string; readonly from: string; readonly to: string }[]
  /** why it could not be published today: tables, columns and relationships that are gone */
  readonly broken: readonly Fault[]
}

export const driftOf = (schema: Schema, publication: Publication, limits: ProfileLimits = documentedLimits): Drift => {
  const profile = definitionOf(publication)
  const { known } = publication
  const items = new Map(profile.items.map(item => [item.table, item]))
  const tables = [...schema.tables.values()].filter(({ name, offline }) => {
    return offline && !items.has(name) && !known.tables.includes(name)
  })
  const selections = profile.items.flatMap(({ table, columns }) => {
    const present = schema.tables.get(table)?.columns ?? []
    return columns === undefined ? [] : [{ table, columns, present, before: known.columns[table] ?? {} }]
  })
  return {
    added: [
      ...tables.map(({ name }) => ({ table: name })),
      ...selections.flatMap(({ table, columns, present, before }) =>
        present
          .filter(({ id, name }) => !Object.hasOwn(before, id) && !columns.includes(name))
          .map(({ name }) => ({ table, column: name })),
      ),
    ],
    renamed: selections.flatMap(({ table, columns, present, before }) =>
      present.flatMap(({ id, name: to }) => {
        const from = before[id]
        return from !== undefined && from !== to && columns.includes(from) ? [{ table, from, to }] : []
      }),
    ),
    broken: checkProfile(schema, profile, limits),
  }
}

export const hasDrifted = ({ added, renamed, broken }: Drift): boolean =>
  added.length + renamed.length + broken.length > 0
