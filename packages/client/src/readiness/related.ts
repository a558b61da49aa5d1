import { type PublishedProfile, relatedItems } from '@rejoin/profile'
import { isSame } from '../observe/same.ts'
import { type Grant, schemaOf } from '../replica/grant.ts'

/** What rows of one table bring of another, by a lookup column: its stable id. */
export interface Related {
  readonly table: string
  readonly column: string
  /** `one`: the row that the lookup names. `many`: rows that name this one by it */
  readonly side: 'one' | 'many'
}

const known = new WeakMap<Grant, ReadonlyMap<string, readonly Related[]>>()

/**
 * By table, what the granted profile relates to its rows: the relationships chosen on items, in the direction in which
 * they bring rows, and every lookup to a table of which the profile brings all records.
 */
export const relatedIn = (grant: Grant): ReadonlyMap<string, readonly Related[]> => {
  const found = known.get(grant) ?? relate(grant)
  known.set(grant, found)
  return found
}

const relate = (grant: Grant): ReadonlyMap<string, readonly Related[]> => {
  const related = new Map<string, Related[]>()
  const profile = grant.profile as PublishedProfile | null
  if (profile === null) return related
  const schema = schemaOf(grant)
  const add = (by: string, one: Related): void => {
    const before = related.get(by) ?? []
    if (!before.some(each => isSame(each, one))) related.set(by, [...before, one])
  }
  for (const { item, reaches } of relatedItems(schema, profile)) {
    for (const { by, column, side } of reaches) add(by, { table: item.table, column, side })
    if (item.filter.kind !== 'all') continue
    for (const { table } of profile.items) {
      for (const { id, type, target, targets, external } of schema.tables.get(table)?.columns ?? []) {
        const isTo = target === item.table || targets?.includes(item.table) === true
        // What is not selected is not asked for; of a relationship that was chosen it is said.
        const isHeld = grant.tables.find(each => each.table === table)?.columns?.includes(id) !== false
        if (type === 'lookup' && external !== true && isTo && isHeld)
          add(table, { table: item.table, column: id, side: 'one' })
      }
    }
  }
  return related
}

/** The table, and all that its rows may bring, directly or through others. */
export const reachedFrom = (related: ReadonlyMap<string, readonly Related[]>, table: string): ReadonlySet<string> => {
  const reached = new Set([table])
  for (const each of reached) for (const one of related.get(each) ?? []) reached.add(one.table)
  return reached
}
