import type { Schema } from '../schema/schema.ts'
import type { ProfileSource } from './profile.ts'

/**
 * What of the schema an administrator could choose from and has decided about. Later additions are told by it (PR12):
 * it is kept with a publication, and a further publication adds only what was chosen by then.
 */
export interface Known {
  /** those that could be taken offline */
  readonly tables: readonly string[]
  /** of tables whose item selects columns, since it does: their names by id */
  readonly columns: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export const knownAt = (schema: Schema, profile: ProfileSource, before?: Known): Known => {
  const offline = [...schema.tables.values()].filter(table => table.offline).map(table => table.name)
  const columns = profile.items.flatMap(({ table, columns: selected }) => {
    if (selected === undefined) return []
    const all = schema.tables.get(table)?.columns ?? []
    const earlier = before?.columns[table]
    const fresh = earlier === undefined ? all : all.filter(({ name }) => selected.includes(name))
    return [[table, { ...earlier, ...Object.fromEntries(fresh.map(({ id, name }) => [id, name])) }] as const]
  })
  return {
    tables: before === undefined ? offline : [...new Set([...before.tables, ...profile.items.map(item => item.table)])],
    columns: Object.fromEntries(columns),
  }
}
