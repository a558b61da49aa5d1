import { askedTables, byCodePoint, type RowState, type Scope, scopeSql } from '@rejoin/profile'
import type { View } from '../storage/storage.ts'

/** Which rows a scope holds of the tables that have to be asked for, in id order (by code point). */
export type Members = ReadonlyMap<string, readonly RowState[]>

/** One statement, whatever the number of tables. Costs about what the scope weighs, where indexes serve its filters. */
export const membersOf = async (
  view: View,
  scope: Scope,
  tables: ReadonlySet<string> = askedTables(scope),
): Promise<Members> => {
  const members = new Map<string, RowState[]>([...tables].map(table => [table, []]))
  if (tables.size === 0) return members
  const rows = await view.select<[table: string, id: string, rev: number]>(dialect => scopeSql(scope, dialect, tables))
  for (const [table, id, rev] of rows) members.get(table)!.push({ id, rev })
  for (const list of members.values()) list.sort((a, b) => byCodePoint(a.id, b.id))
  return members
}
