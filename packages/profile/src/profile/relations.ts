import type { Schema } from '../schema/schema.ts'
import type { ProfileItem, ProfileSource } from './profile.ts'

/**
 * How present rows of one table bring rows of another (PR16, PR17). A relationship is chosen on the item whose rows it
 * brings, so the item refers to the table it reaches from:
 *
 *     item workorder, chosen bookableresourcebooking_workorder    bookings name their work order: side 'one'
 *     item incident,  chosen incident_workorder                   incidents name their work order: side 'many'
 *
 * Tables and what they reach from form a graph without circles (PR15); in its order every table stands after those
 * that bring its rows.
 */
export interface Reach {
  readonly relationship: string
  /** the table reached from */
  readonly by: string
  /** stable id of the lookup column */
  readonly column: string
  /**
   * `one` (N:1): rows of `by` hold the lookup, each brings the one row of the item's table that it names.
   * `many` (1:N): rows of the item's table hold the lookup, each is brought by the one row of `by` that it names.
   */
  readonly side: 'one' | 'many'
}

export interface RelatedItem {
  readonly item: ProfileItem
  readonly reaches: readonly Reach[]
}

/**
 * Every item with what brings its rows, in an order in which every `by` stands before. What the schema no longer has
 * and what is not in the profile is left out; so is, of a draft, what would close a circle.
 */
export const relatedItems = (schema: Schema, profile: ProfileSource): readonly RelatedItem[] =>
  relate(schema, profile.items).items

/** What of an item relationships are about: also of one whose filter is still to be looked at. */
export type Chosen = Pick<ProfileItem, 'table' | 'relationships'>

/** From an item along the tables it refers to, back to it (PR15): the first is also the last. */
export interface Circle {
  /** chosen on the first */
  readonly relationship: string
  readonly path: readonly string[]
}

export const relate = <Item extends Chosen>(
  schema: Schema,
  items: readonly Item[],
): { readonly items: { item: Item; reaches: Reach[] }[]; readonly circles: Circle[] } => {
  const byTable = itemsByTable(schema, items)
  const ordered = new Map<string, { item: Item; reaches: Reach[] }>()
  const circles: Circle[] = []
  const path: string[] = []
  const visit = (item: Item): void => {
    path.push(item.table)
    const reaches = reachesOf(schema, item).filter(reach => {
      const { by, relationship } = reach
      const from = byTable.get(by)
      if (from === undefined) return false
      const start = path.indexOf(by)
      if (start >= 0) {
        circles.push({ relationship, path: [item.table, ...path.slice(start)] })
        return false
      }
      if (!ordered.has(by)) visit(from)
      return true
    })
    path.pop()
    ordered.set(item.table, { item, reaches })
  }
  for (const item of byTable.values()) if (!ordered.has(item.table)) visit(item)
  return { items: [...ordered.values()], circles }
}

/** One item for each table that the schema has: of two, which are refused, the first. */
export const itemsByTable = <Item extends Chosen>(
  schema: Schema,
  items: readonly Item[],
): ReadonlyMap<string, Item> => {
  const byTable = new Map<string, Item>()
  for (const item of items) {
    if (schema.tables.has(item.table) && !byTable.has(item.table)) byTable.set(item.table, item)
  }
  return byTable
}

/** What an item's relationships mean, each once; those that join other tables or a table to itself mean nothing. */
export const reachesOf = (schema: Schema, { table, relationships = [] }: Chosen): Reach[] =>
  [...new Set(relationships)].flatMap((relationship): Reach[] => {
    const chosen = schema.relationships.get(relationship)
    const [holder = '', name = ''] = chosen?.from.split('.') ?? []
    const column = schema.tables.get(holder)?.byName.get(name)?.id
    if (chosen === undefined || column === undefined || holder === chosen.to) return []
    if (chosen.to === table) return [{ relationship, by: holder, column, side: 'one' }]
    if (holder === table) return [{ relationship, by: chosen.to, column, side: 'many' }]
    return []
  })
