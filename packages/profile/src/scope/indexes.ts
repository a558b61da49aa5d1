import { indexesFor } from '../filter/sql/indexes.ts'
import { visitFilter } from '../filter/walk.ts'
import type { ProfileSource } from '../profile/profile.ts'
import { relatedItems } from '../profile/relations.ts'
import type { Schema, Table } from '../schema/schema.ts'

export interface ScopeIndexes {
  /** by table and column name, each once */
  readonly indexes: readonly { readonly table: string; readonly column: string }[]
  /** what no index serves: the whole table is read for each user. `path` is of a part of the item's filter */
  readonly scans: readonly { readonly table: string; readonly path: string }[]
}

/**
 * Which indexes the scopes of a profile are found by: what its filters compare, who owns rows, and the lookups by which
 * rows bring one another, in both directions.
 */
export const scopeIndexes = (schema: Schema, profile: ProfileSource): ScopeIndexes => {
  const indexes = new Map<string, { table: string; column: string }>()
  const scans: { table: string; path: string }[] = []
  const wish = (table: Table, column: string | undefined): void => {
    if (column === undefined || column === table.primaryKey) return
    indexes.set(`${table.name}.${column}`, { table: table.name, column })
  }
  const wishById = (table: Table, id: string | undefined): void =>
    wish(table, id === undefined ? undefined : table.byId.get(id)?.name)

  for (const { item, reaches } of relatedItems(schema, profile)) {
    const table = schema.tables.get(item.table)!
    const { filter } = item
    if (filter.kind === 'other' || isLimited(schema, table.name)) {
      wishById(table, table.ownerId)
      wishById(table, table.unitId)
    }
    for (const { by, column, side } of reaches) wishById(side === 'one' ? schema.tables.get(by)! : table, column)
    if (filter.kind !== 'custom') continue
    const plan = indexesFor(schema, table.name, filter.where)
    for (const { table: name, column } of plan.indexes) wish(schema.tables.get(name)!, column)
    for (const path of plan.scans) scans.push({ table: table.name, path })
    visitFilter(table.name, filter.where, (of, part) => {
      if (!('link' in part)) return
      wish(schema.tables.get(part.table)!, part.from)
      wish(schema.tables.get(of)!, part.to)
    })
  }
  return { indexes: [...indexes.values()], scans }
}

/** Some role reads rows of the table by who owns them. */
const isLimited = (schema: Schema, table: string): boolean =>
  [...schema.roles.values()].some(({ tables }) => {
    const read = (Object.hasOwn(tables, table) ? tables[table] : tables['*'])?.read
    return read === 'own' || read === 'team' || read === 'unit'
  })
