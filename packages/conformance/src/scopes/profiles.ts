import {
  compileSchema,
  type ProfileItem,
  type ProfileLife,
  beginProfile,
  editProfile,
  publishProfile,
} from '@rejoin/profile'
import type { Dice } from '../proofs/dice.ts'
import { anyFilter } from './filters.ts'
import { relationships, schema, tableNamed, tables } from './schema.ts'

const compiled = compileSchema(schema)
if (!compiled.ok) throw new Error('the schema of these histories is wrong')

/** The next version of a profile, as an administrator publishes it; one that is refused is thought over. */
export const nextProfile = (dice: Dice, name: string, life: ProfileLife | undefined, at: number): ProfileLife => {
  for (let tries = 0; tries < 200; tries++) {
    const source = { name, items: life !== undefined && dice.chance(0.5) ? changed(dice, life) : itemsOf(dice) }
    const draft = life === undefined ? beginProfile(source) : editProfile(life, source)
    const published = publishProfile(draft, compiled.value, at)
    if (published.ok) return published.value
  }
  throw new Error('no profile of two hundred could be published')
}

/** One item is looked at anew. */
const changed = (dice: Dice, life: ProfileLife): ProfileItem[] => {
  const items = [...life.published!.profile.items]
  const at = dice.number(items.length)
  items[at] = anyItem(
    dice,
    items[at]!.table,
    items.flatMap(({ table }, index) => (index === at ? [] : [table])),
  )
  return items
}

/** Each item may be reached from those before it. */
const itemsOf = (dice: Dice): ProfileItem[] => {
  const order = tables.map(({ name }) => ({ name, rank: dice.number(1000) })).toSorted((a, b) => a.rank - b.rank)
  const chosen = order.slice(0, 3 + dice.number(5)).map(({ name }) => name)
  return chosen.map((name, at) => anyItem(dice, name, chosen.slice(0, at)))
}

const anyItem = (dice: Dice, name: string, before: readonly string[]): ProfileItem => {
  const reaching = reachingFrom(name, before)
  const ones = reaching.filter(({ side }) => side === 'one' && dice.chance(0.7))
  const many = reaching.filter(({ side }) => side === 'many')
  const chosen = [...ones, ...(many.length > 0 && dice.chance(0.7) ? [dice.pick(many)] : [])]
  const filter = filterOf(dice, name, chosen.length > 0)
  const columns = tableNamed(name).columns.map(column => column.name).filter(() => dice.chance(0.85)) // prettier-ignore
  return {
    table: name,
    filter,
    ...(chosen.length > 0 ? { relationships: chosen.map(({ relationship }) => relationship) } : {}),
    ...(dice.chance(0.25) && columns.length > 0 ? { columns } : {}),
  }
}

const reachingFrom = (table: string, others: readonly string[]) =>
  relationships.flatMap(({ name, from, to }) => {
    const holder = from.split('.')[0]!
    return [
      ...(to === table && others.includes(holder) ? [{ relationship: name, side: 'one' }] : []),
      ...(holder === table && others.includes(to) ? [{ relationship: name, side: 'many' }] : []),
    ]
  })

/** What PR8 offers; where rows are brought, mostly they alone. */
const filterOf = (dice: Dice, name: string, isBrought: boolean): ProfileItem['filter'] => {
  const { ownership, columns } = tableNamed(name)
  const hasUnit = columns.some(column => column.name === 'owningbusinessunit')
  if (ownership === 'none' || (isBrought && dice.chance(0.45))) return { kind: 'related' }
  if (ownership === 'organization' || dice.chance(0.15)) return { kind: 'all' }
  if (ownership === 'business') return { kind: 'other', unit: true }
  if (dice.chance(0.25)) {
    const [mine, teams, unit] = [dice.chance(0.6), dice.chance(0.5), hasUnit && dice.chance(0.4)]
    return { kind: 'other', mine: mine || (!teams && !unit), teams, unit }
  }
  return anyFilter(dice, name)
}
