import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Person } from '../profile/person.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Fields, Value } from '../schema/schema.ts'
import { checkFilter } from './check.ts'
import type { Condition, Filter } from './filter.ts'
import { compileFilter } from './match.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'job',
      ownership: 'none',
      primaryKey: 'jobid',
      primaryName: 'title',
      columns: [
        { name: 'jobid', type: 'guid' },
        { id: 'subject', name: 'title', type: 'string' },
        { name: 'hours', type: 'integer' },
        { name: 'begin', type: 'datetime' },
        { name: 'owner', type: 'lookup', target: 'user', external: true },
      ],
    },
  ],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

const values = {
  title: fc.constantFrom('', 'a', 'A', 'é', 'É', 'k', '\u212a', 'ß', 'ẞ', 'a ', '\uff21', '\u{1f600}'),
  hours: fc.constantFrom(-1, 0, 2, 10),
  begin: fc.constantFrom('2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.001Z', '1969-12-31T23:59:59.000Z'),
  owner: fc.constantFrom('ann', 'bob', 'red', 'west'),
  jobid: fc.constantFrom('j1', 'J1', 'ann'),
}
type Name = keyof typeof values
const ids: Readonly<Record<Name, string>> = {
  title: 'subject',
  hours: 'hours',
  begin: 'begin',
  owner: 'owner',
  jobid: '',
}
const isId = (name: Name): boolean => name === 'owner' || name === 'jobid'

const conditionOn = (name: Name): fc.Arbitrary<Condition> => {
  const value: fc.Arbitrary<string | number> = values[name]
  const compare = fc.constantFrom(
    ...(isId(name) ? (['eq', 'ne'] as const) : (['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const)),
  )
  const user = fc.constantFrom(
    ...(['eq-userid', 'ne-userid', 'eq-userteams', 'eq-useroruserteams', 'eq-businessid', 'ne-businessid'] as const),
  )
  return fc.oneof(
    fc.record({ column: fc.constant(name), op: compare, value }),
    fc.record({
      column: fc.constant(name),
      op: fc.constantFrom('in', 'not-in'),
      value: fc.array(value, { maxLength: 3 }),
    }),
    fc.record({ column: fc.constant(name), op: fc.constantFrom('null', 'not-null') }),
    ...(isId(name) ? [fc.record({ column: fc.constant(name), op: user })] : []),
  )
}
const condition = fc.oneof(...(Object.keys(values) as Name[]).map(conditionOn))
const { filter } = fc.letrec<{ filter: Filter; group: Filter }>(tie => ({
  filter: fc.oneof({ maxDepth: 3 }, condition, tie('group')),
  group: fc.oneof(
    fc.record({ all: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { maxLength: 3 }) }),
  ),
}))
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const record = fc
  .tuple(optional(values.title), optional(values.hours), optional(values.begin), optional(values.owner), values.jobid)
  .map(([subject, hours, begin, owner, id]) => {
    const all = Object.entries({ subject, hours, begin, owner }).filter(([, value]) => value !== undefined)
    return { fields: Object.fromEntries(all) as Fields, id }
  })
const person: fc.Arbitrary<Person> = fc.constantFrom<Person>(
  { id: 'ann', name: 'Ann', unit: 'west', teams: ['red'], roles: [] },
  { id: 'bob', name: 'Bob', teams: [], roles: [] },
)

/** The same question answered from the statements, case by case, with the engine's own case matching. */
const naive = (part: Filter, fields: Fields, id: string, who: Person): boolean => {
  if ('all' in part) return !part.all.some(member => !naive(member, fields, id, who))
  if ('any' in part) return part.any.some(member => naive(member, fields, id, who))
  const name = part.column as Name
  const value: Value | undefined = name === 'jobid' ? id : fields[ids[name]]
  const same = (other: Value | undefined): boolean => {
    if (value === undefined || other === undefined) return false
    if (name === 'title') return alike(String(value), String(other))
    return name === 'begin' ? Date.parse(String(value)) === Date.parse(String(other)) : value === other
  }
  const below = (other: Value): boolean => {
    if (value === undefined || same(other)) return false
    if (name === 'hours') return Number(value) < Number(other)
    if (name === 'begin') return Date.parse(String(value)) < Date.parse(String(other))
    const [a = -1] = [...String(value)].map(plainFold)
    const [b = -1] = [...String(other)].map(plainFold)
    return a === b ? String(value).length < String(other).length : a < b
  }
  switch (part.op) {
    case 'eq':
      return same(part.value)
    case 'ne':
      return !same(part.value)
    case 'lt':
      return below(part.value)
    case 'le':
      return below(part.value) || same(part.value)
    case 'gt':
      return value !== undefined && !below(part.value) && !same(part.value)
    case 'ge':
      return value !== undefined && !below(part.value)
    case 'in':
      return part.value.some(same)
    case 'not-in':
      return !part.value.some(same)
    case 'null':
      return value === undefined
    case 'not-null':
      return value !== undefined
    case 'eq-userid':
      return same(who.id)
    case 'ne-userid':
      return !same(who.id)
    case 'eq-userteams':
      return who.teams.some(same)
    case 'eq-useroruserteams':
      return same(who.id) || who.teams.some(same)
    case 'eq-businessid':
      return same(who.unit)
    case 'ne-businessid':
      return !same(who.unit)
  }
}
const alike = (a: string, b: string): boolean => new RegExp(`^${a}$`, 'iu').test(b)
const plainFold = (character: string): number => {
  const known: Readonly<Record<string, string>> = { '\u212a': 'k', ẞ: 'ß', '\uff21': '\uff41' }
  return (known[character] ?? character.toLowerCase()).codePointAt(0) ?? 0
}

const negated = { eq: 'ne', in: 'not-in', null: 'not-null', 'eq-userid': 'ne-userid', 'eq-businessid': 'ne-businessid' }
const opposite = new Map([...Object.entries(negated), ...Object.entries(negated).map(([a, b]) => [b, a] as const)])
const turn = (part: Filter): Filter | undefined => {
  if ('all' in part || 'any' in part) {
    const members = ('all' in part ? part.all : part.any).map(turn)
    if (members.some(member => member === undefined)) return undefined
    return 'all' in part ? { any: members as Filter[] } : { all: members as Filter[] }
  }
  const op = opposite.get(part.op)
  return op === undefined ? undefined : ({ ...part, op } as Condition)
}

test('[FI5] [FI6] a compiled filter agrees with a naive reading of the statements', () => {
  fc.assert(
    fc.property(filter, record, person, (part, { fields, id }, who) => {
      fc.pre(checkFilter(schema, 'job', part).length === 0)
      expect(compileFilter(schema, 'job', part, who)(fields, id)).toBe(naive(part, fields, id, who))
    }),
    { numRuns: 2000 },
  )
})

test('[FI5] a negated operator is the exact complement of its positive one, on null too', () => {
  fc.assert(
    fc.property(condition, record, person, (part, { fields, id }, who) => {
      const other = turn(part)
      fc.pre(other !== undefined)
      const matches = compileFilter(schema, 'job', part, who)(fields, id)
      expect(compileFilter(schema, 'job', other as Filter, who)(fields, id)).toBe(!matches)
    }),
    { numRuns: 1000 },
  )
})

test('[FI5] groups obey De Morgan: the opposite of all is any of the opposites', () => {
  const group = fc
    .array(
      condition.filter(part => opposite.has(part.op)),
      { maxLength: 4 },
    )
    .chain(members =>
      fc.constantFrom<Filter>({ all: members }, { any: members }, { all: [{ any: members }, ...members] }),
    )
  fc.assert(
    fc.property(group, record, person, (part, { fields, id }, who) => {
      const matches = compileFilter(schema, 'job', part, who)(fields, id)
      expect(compileFilter(schema, 'job', turn(part) as Filter, who)(fields, id)).toBe(!matches)
    }),
    { numRuns: 1000 },
  )
})
