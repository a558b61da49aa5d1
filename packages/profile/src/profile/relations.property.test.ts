import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FaultError } from '../fault.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Schema } from '../schema/schema.ts'
import { checkProfile } from './check.ts'
import type { ProfileSource } from './profile.ts'
import { relatedItems } from './relations.ts'
import { relationshipCount } from './relationship-count.ts'

/** A lookup of one table to another, and on which of the two ends its relationship is chosen, if at all. */
interface Edge {
  readonly from: string
  readonly to: string
  readonly chosen: 'from' | 'to' | undefined
}
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const edges = fc.array(
  fc.record({ from: name, to: name, chosen: fc.constantFrom('from', 'to', undefined) }) as fc.Arbitrary<Edge>,
  { maxLength: 9 },
)

const worldOf = (all: readonly Edge[]): { schema: Schema; profile: ProfileSource; refers: [string, string][] } => {
  const tables = ['a', 'b', 'c', 'd', 'e'].map(table => ({
    name: table,
    ownership: 'organization',
    primaryKey: 'id',
    primaryName: 'id',
    columns: [
      { name: 'id', type: 'guid' },
      ...all.flatMap(({ from, to }, index) =>
        from === table ? [{ name: `l${index}`, type: 'lookup', target: to }] : [],
      ),
    ],
  }))
  const relationships = all.map(({ from, to }, index) => ({ name: `r${index}`, from: `${from}.l${index}`, to }))
  const compiled = compileSchema({ tables, relationships })
  if (!compiled.ok) throw new FaultError(compiled.faults)
  const items = tables.map(table => ({
    table: table.name,
    filter: { kind: 'all' } as const,
    relationships: all.flatMap((edge, index) =>
      edge.chosen !== undefined && edge[edge.chosen] === table.name ? [`r${index}`] : [],
    ),
  }))
  const refers = all.flatMap(({ from, to, chosen }): [string, string][] => {
    if (chosen === undefined || from === to) return []
    return [chosen === 'from' ? [from, to] : [to, from]]
  })
  return { schema: compiled.value, profile: { name: 'Field', items }, refers }
}

/** Every table that can be come to from one, step by step until nothing is new. */
const reachable = (refers: readonly (readonly [string, string])[], start: string): Set<string> => {
  const found = new Set<string>()
  for (let size = -1; size !== found.size;) {
    size = found.size
    for (const [item, by] of refers) if (item === start || found.has(item)) found.add(by)
  }
  return found
}

const free = { relationships: Infinity, many: Infinity }

test('[PR15] a circle is found exactly where there is one, and its path is one', () => {
  fc.assert(
    fc.property(edges, all => {
      const { schema, profile, refers } = worldOf(all)
      const faults = checkProfile(schema, profile, free)
      expect(faults.every(({ code }) => code === 'circle')).toBe(true)
      const circular = profile.items.some(({ table }) => reachable(refers, table).has(table))
      const itself = all.some(({ from, to, chosen }) => from === to && chosen !== undefined)
      expect(faults.length > 0).toBe(circular || itself)
      for (const { message, at } of faults) {
        const path = message.replace('makes a circle: ', '').split(' -> ')
        expect(at).toContain(`table ${path[0]},`)
        expect(path.at(-1)).toBe(path[0])
        if (path.length === 2) continue
        for (const [index, item] of path.slice(0, -1).entries()) expect(refers).toContainEqual([item, path[index + 1]])
      }
    }),
  )
})

test('[PR14] the count is that of the definition, written down', () => {
  fc.assert(
    fc.property(edges, all => {
      const { schema, profile, refers } = worldOf(all)
      fc.pre(profile.items.every(({ table }) => !reachable(refers, table).has(table)))
      const countOf = (table: string): number =>
        refers.filter(([item]) => item === table).reduce((sum, [, by]) => sum + 1 + countOf(by), 0)
      for (const { table, count, tables } of relationshipCount(schema, profile)) {
        expect(count).toBe(countOf(table))
        expect(tables.toSorted()).toEqual([...reachable(refers, table)].toSorted())
      }
    }),
  )
})

test('[PR16] each item comes after what brings its rows, and of what is without circles nothing is left out', () => {
  fc.assert(
    fc.property(edges, all => {
      const { schema, profile, refers } = worldOf(all)
      const related = relatedItems(schema, profile)
      const order = related.map(({ item }) => item.table)
      expect(order.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
      const kept = related.flatMap(({ item, reaches }) => reaches.map(({ by }) => [item.table, by] as const))
      for (const [item, by] of kept) expect(order.indexOf(by)).toBeLessThan(order.indexOf(item))
      const circles = checkProfile(schema, profile, free).filter(({ message }) => message.split(' -> ').length > 2)
      expect(kept.length).toBe(refers.length - circles.length)
    }),
  )
})
