import type { Fault } from '../fault.ts'
import { repeated } from '../schema/columns.ts'
import type { Schema } from '../schema/schema.ts'
import type { ProfileLimits } from './limits.ts'
import { type Chosen, type Circle, reachesOf, relate } from './relations.ts'
import { countsOf, type RelationshipCount } from './relationship-count.ts'

/** How the relationships of a profile hang together, worked out once for all its items. */
export interface Relations {
  readonly schema: Schema
  readonly limits: ProfileLimits
  /** of the items */
  readonly tables: ReadonlySet<string>
  readonly circles: readonly Circle[]
  readonly counts: ReadonlyMap<string, RelationshipCount>
}

export const relationsOf = (schema: Schema, items: readonly Chosen[], limits: ProfileLimits): Relations => ({
  schema,
  limits,
  tables: new Set(items.map(item => item.table)),
  circles: relate(schema, items).circles,
  counts: countsOf(schema, items, limits.relationships),
})

/** PR14 to PR16 for one item. */
export const relationshipFaults = (relations: Relations, place: string, item: Chosen): Fault[] => [
  ...repeated(item.relationships ?? []).map((name): Fault => {
    return { code: 'duplicate', at: `${place}, relationship ${name}`, message: 'is chosen twice' }
  }),
  ...[...new Set(item.relationships)].flatMap(name => nameFaults(relations, place, item, name)),
  ...relations.circles
    .filter(({ path }) => path[0] === item.table)
    .map(({ relationship, path }) => circleFault(`${place}, relationship ${relationship}`, path)),
  ...countFaults(relations, place, item),
]

const nameFaults = ({ schema, tables }: Relations, place: string, item: Chosen, name: string): Fault[] => {
  const at = `${place}, relationship ${name}`
  const relationship = schema.relationships.get(name)
  if (relationship === undefined) {
    return [{ code: 'unknown-relationship', at, message: 'is not a relationship of the schema' }]
  }
  const { from, to } = relationship
  const holder = from.split('.')[0] ?? ''
  if (to !== item.table && holder !== item.table) {
    return [{ code: 'relationship', at, message: `joins ${from} to ${to} and brings no row of ${item.table}` }]
  }
  if (to === holder) return [circleFault(at, [to, to])]
  const by = to === item.table ? holder : to
  if (tables.has(by)) return []
  const message = `reaches from ${by}, which is not in the profile`
  const fault = { code: 'table-not-in-profile', at, message }
  return [schema.tables.has(by) ? { ...fault, fix: `add an item for ${by}` } : fault]
}

const circleFault = (at: string, path: readonly string[]): Fault => ({
  code: 'circle',
  at,
  message: `makes a circle: ${path.join(' -> ')}`,
  fix: 'choose one relationship of the circle less',
})

const countFaults = ({ schema, limits, counts }: Relations, at: string, item: Chosen): Fault[] => {
  const faults: Fault[] = []
  const many = reachesOf(schema, item).filter(({ side }) => side === 'many')
  if (many.length > limits.many) {
    const names = many.map(({ relationship }) => relationship).join(', ')
    const message = `has ${many.length} relationships that are 1:N or N:N (${names}); at most ${limits.many} may be`
    faults.push({ code: 'too-many-sides', at, message })
  }
  const { count = 0, chosen = [] } = counts.get(item.table) ?? {}
  if (count > limits.relationships) {
    const parts = chosen.map(each => `${each.relationship} ${each.count}`).join(', ')
    const message = `has ${count} relationships, those of the tables it reaches from counted along (${parts})`
    faults.push({ code: 'too-many-relationships', at, message: `${message}; at most ${limits.relationships} may be` })
  }
  return faults
}
