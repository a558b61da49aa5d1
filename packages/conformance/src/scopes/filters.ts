import type { ColumnSource, DownloadFilter, Filter } from '@rejoin/profile'
import type { Dice } from '../proofs/dice.ts'
import { relationships, tableNamed } from './schema.ts'

/** Custom filters by chance, over what the tables hold: most select some rows and not others. */
export const anyFilter = (dice: Dice, table: string, levels = 2): DownloadFilter => ({
  kind: 'custom',
  where: part(dice, table, levels),
})

const part = (dice: Dice, table: string, levels: number): Filter => {
  if (levels > 0 && dice.chance(0.35)) {
    const members = Array.from({ length: 2 + dice.number(2) }, () => part(dice, table, levels - 1))
    return dice.chance(0.35) ? { all: members } : { any: members }
  }
  if (levels > 0 && dice.chance(0.4)) return link(dice, table, levels - 1) ?? condition(dice, table)
  return condition(dice, table)
}

/** To a table this one names, or to one that names it. */
const link = (dice: Dice, table: string, levels: number): Filter | undefined => {
  const ways = relationships.flatMap(({ from, to }) => {
    const [holder = '', column = ''] = from.split('.')
    return [
      ...(holder === table ? [{ table: to, from: `${to}id`, to: column }] : []),
      ...(to === table ? [{ table: holder, from: column, to: `${table}id` }] : []),
    ]
  })
  if (ways.length === 0) return undefined
  const way = dice.pick(ways)
  const any = dice.chance(0.7) ? 'any' : 'not any'
  return { link: any, ...way, ...(dice.chance(0.8) ? { where: part(dice, way.table, levels) } : {}) }
}

const condition = (dice: Dice, table: string): Filter => {
  const columns = tableNamed(table).columns.filter(({ name }) => !['name', 'note', `${table}id`].includes(name))
  // Who and when come often: they change with no row changing.
  const lively = columns.filter(({ type, external }) => external === true || type === 'date' || type === 'datetime')
  const column = dice.pick(lively.length > 0 && dice.chance(0.7) ? lively : columns)
  return { column: column.name, ...comparison(dice, column) } as Filter
}

export const cities = ['Bergen', 'bonn', 'Brest', 'Cork']
export const languages = [1031, 1033]
export const numbers = [1, 2, 3, 4, 5]

const comparison = (dice: Dice, { name, type }: ColumnSource): { op: string; value?: unknown } => {
  if (name === 'ownerid') return { op: dice.pick(ownerOps) }
  if (name === 'owningbusinessunit') return { op: dice.pick(['eq-businessid', 'eq-businessid', 'ne-businessid']) }
  if (name === 'language' && dice.chance(0.7)) return { op: 'eq-userlanguage' }
  switch (type) {
    case 'date':
    case 'datetime':
      return inTime(dice, type)
    case 'string':
      return dice.pick([
        { op: 'eq', value: dice.pick(cities).toUpperCase() },
        { op: 'ne', value: dice.pick(cities) },
        { op: 'begins-with', value: 'B' },
        { op: 'not-begin-with', value: 'b' },
        { op: 'ends-with', value: 'n' },
        { op: 'like', value: 'b%n%' },
        { op: 'not-like', value: '_r%' },
      ])
    case 'lookup':
      return { op: dice.pick(['null', 'not-null']) }
    default: {
      const value = type === 'choice' ? 1 + dice.number(3) : dice.pick(numbers)
      const list = type === 'choice' ? [1, 3] : [2, 3, 5]
      return dice.pick([
        { op: 'eq', value },
        { op: 'ne', value },
        { op: 'in', value: list },
        { op: 'not-in', value: list },
        { op: 'not-null' },
        ...(type === 'integer'
          ? [
              { op: 'gt', value },
              { op: 'le', value },
              { op: 'between', value: [2, 4] },
            ]
          : []),
      ])
    }
  }
}

const ownerOps = [
  'eq-userid',
  'eq-userid',
  'ne-userid',
  'eq-userteams',
  'eq-useroruserteams',
  'eq-useroruserhierarchy',
  'eq-useroruserhierarchy',
  'eq-useroruserhierarchyandteams',
  'eq-useroruserhierarchyandteams',
]

const periods = [
  ...['today', 'yesterday', 'tomorrow', 'this-week', 'last-week', 'next-week', 'this-month', 'last-month'],
  ...['next-month', 'this-year', 'last-seven-days', 'next-seven-days', 'next-seven-days'],
]
const counted = ['last-x-days', 'last-x-weeks', 'last-x-months', 'next-x-days', 'next-x-weeks', 'olderthan-x-days']
const countedHours = ['last-x-hours', 'next-x-hours', 'olderthan-x-hours', 'olderthan-x-minutes']

const inTime = (dice: Dice, type: 'date' | 'datetime'): { op: string; value?: unknown } => {
  if (dice.chance(0.5)) return { op: dice.pick(periods) }
  if (type === 'datetime' && dice.chance(0.5)) return { op: dice.pick(countedHours), value: 1 + dice.number(30) }
  return { op: dice.pick(counted), value: 1 + dice.number(3) }
}
