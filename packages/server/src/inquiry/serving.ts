import { type ProfileSource, scopeIndexes } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import { asksEach } from '../live/table-audience.ts'

/** What it takes to serve a profile: said before it is published, and when it is. */
export interface ServingCost {
  /** by these its rows are found; those that no published profile has needed so far are made when it is published */
  readonly indexes: readonly { readonly table: string; readonly column: string; readonly made: boolean }[]
  /** parts of filters that read the whole table for every user */
  readonly scans: readonly { readonly table: string; readonly path: string; readonly advice: string }[]
  /** custom filters that single nobody out: each change of the table is asked of every listener */
  readonly asksEach: readonly { readonly table: string; readonly advice: string }[]
}

const SCAN = 'put a condition beside it, in one `all`, that an index serves: equality, a list, a range, a beginning'
const ASKS = 'say in the same `all` whom a row is for: an owner, a user or a team it names, or a row it links to'

/** @param profile one without faults */
export const servingOf = (environment: Environment, profile: ProfileSource): ServingCost => {
  const { schema } = environment
  const made = new Set(environment.published().flatMap(each => scopeIndexes(schema, each).indexes.map(nameOf)))
  const { indexes, scans } = scopeIndexes(schema, profile)
  return {
    indexes: indexes.map(index => ({ ...index, made: made.has(nameOf(index)) })),
    scans: scans.map(scan => ({ ...scan, advice: SCAN })),
    asksEach: profile.items.flatMap(({ table, filter }) => {
      const definition = schema.tables.get(table)
      return definition !== undefined && asksEach(schema, definition, filter) ? [{ table, advice: ASKS }] : []
    }),
  }
}

const nameOf = ({ table, column }: { readonly table: string; readonly column: string }): string => `${table}.${column}`
