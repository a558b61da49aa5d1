import type { Schema } from '../schema/schema.ts'
import { documentedLimits } from './limits.ts'
import type { ProfileSource } from './profile.ts'
import { type Chosen, relate } from './relations.ts'

/** How many relationships an item has, and from where (PR14): what a console shows while a profile is edited. */
export interface RelationshipCount {
  readonly table: string
  /** of each chosen relationship 1 and the count of the table it reaches from */
  readonly count: number
  readonly most: number
  readonly chosen: readonly { readonly relationship: string; readonly by: string; readonly count: number }[]
  /** every table that contributes, at any distance */
  readonly tables: readonly string[]
}

/**
 * The counter of every item, in the order of the items. A relationship that cannot be (of another table, from a table
 * that is not in the profile, one that closes a circle) is not counted: `checkProfile` names it.
 */
export const relationshipCount = (
  schema: Schema,
  profile: ProfileSource,
  most: number = documentedLimits.relationships,
): readonly RelationshipCount[] => {
  const counts = countsOf(schema, profile.items, most)
  return [...new Set(profile.items.map(item => item.table))].flatMap(table => counts.get(table) ?? [])
}

export const countsOf = (
  schema: Schema,
  items: readonly Chosen[],
  most: number,
): ReadonlyMap<string, RelationshipCount> => {
  const counts = new Map<string, RelationshipCount>()
  for (const { item, reaches } of relate(schema, items).items) {
    const chosen = reaches.map(({ relationship, by }) => ({
      relationship,
      by,
      count: 1 + (counts.get(by)?.count ?? 0),
    }))
    const tables = new Set(reaches.flatMap(({ by }) => [by, ...(counts.get(by)?.tables ?? [])]))
    // a ladder of tables doubles it at each step
    const count = Math.min(
      Number.MAX_SAFE_INTEGER,
      chosen.reduce((sum, each) => sum + each.count, 0),
    )
    counts.set(item.table, { table: item.table, count, most, chosen, tables: [...tables] })
  }
  return counts
}
