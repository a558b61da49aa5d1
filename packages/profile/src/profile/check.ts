import type { z } from 'zod'
import type { Fault } from '../fault.ts'
import { checkFilter } from '../filter/check.ts'
import type { Filter } from '../filter/filter.ts'
import { columnsIn } from '../filter/walk.ts'
import { repeated } from '../schema/columns.ts'
import type { Ownership, Schema, Table } from '../schema/schema.ts'
import { type Relations, relationsOf, relationshipFaults } from './check-relationships.ts'
import { documentedLimits, LONGEST_INTERVAL, type ProfileLimits, SHORTEST_INTERVAL } from './limits.ts'
import { itemShape, profileShape, type ItemShape } from './shape.ts'

/** Nobody reads more; of what a stranger sends there could be millions. */
const MOST_FAULTS = 1000

/**
 * Everything that keeps a profile from being published (PR3), each fault with profile, table and rule. Takes
 * anything: profiles come from files, consoles and strangers.
 */
export const checkProfile = (schema: Schema, source: unknown, limits: ProfileLimits = documentedLimits): Fault[] =>
  shown(profileFaults(schema, source, limits))

const shown = (faults: readonly Fault[]): Fault[] => {
  const some = faults.slice(0, MOST_FAULTS)
  const short = some.map(fault => ({ ...fault, at: cut(fault.at), message: cut(fault.message) }))
  if (faults.length === some.length) return short
  return [...short, { code: 'more', at: 'profile', message: `has ${faults.length - some.length} further faults` }]
}

/** What is wrong with the form alone, whatever the schema: a draft may break rules, but it must be a profile. */
export const formFaults = (source: unknown): Fault[] => shown(formOf(source).faults)

const profileFaults = (schema: Schema, source: unknown, limits: ProfileLimits): Fault[] => {
  const { at, items, faults } = formOf(source)
  for (const table of repeated(items.map(item => item.table))) {
    faults.push({ code: 'duplicate', at: `${at}, table ${table}`, message: 'has two items; a table has one' })
  }
  const relations = relationsOf(schema, items, limits)
  const selections = selectionsOf(schema, items)
  return [...faults, ...items.flatMap(item => itemFaults(at, item, relations, selections))]
}

const formOf = (source: unknown): { at: string; items: ItemShape[]; faults: Fault[] } => {
  const shape = profileShape.safeParse(source)
  if (!shape.success) return { at: 'profile', items: [], faults: shapeFaults('profile', shape.error) }
  const at = `profile ${shape.data.name}`
  const parts = shape.data.items.map((part, index) => ({ part, index, parsed: itemShape.safeParse(part) }))
  const faults = parts.flatMap(({ part, index, parsed }) =>
    parsed.success ? [] : shapeFaults(`${at}, ${placeIn(part) ?? `item ${index + 1}`}`, parsed.error),
  )
  return { at, items: parts.flatMap(({ parsed }) => parsed.data ?? []), faults }
}

const itemFaults = (profile: string, item: ItemShape, relations: Relations, selections: Selections): Fault[] => {
  const { schema } = relations
  const at = `${profile}, table ${item.table}`
  const table = schema.tables.get(item.table)
  if (table === undefined) return [{ code: 'unknown-table', at, message: 'is not a table of the schema' }]
  const faults: Fault[] = []
  if (!table.offline) faults.push({ code: 'offline', at, message: 'is not enabled for offline use' })
  if (item.interval !== undefined && !isInterval(item.interval)) {
    const message = `the sync interval must be ${SHORTEST_INTERVAL} to ${LONGEST_INTERVAL} whole minutes`
    faults.push({ code: 'interval', at, message })
  }
  for (const name of item.columns ?? []) {
    if (name !== table.primaryKey && !table.byName.has(name)) {
      faults.push({ code: 'unknown-column', at: `${at}, column ${name}`, message: 'is not a column of the table' })
    }
  }
  for (const name of repeated(item.columns ?? [])) {
    faults.push({ code: 'duplicate', at: `${at}, column ${name}`, message: 'is selected twice' })
  }
  return [...faults, ...relationshipFaults(relations, at, item), ...filterFaults(schema, at, table, item, selections)]
}

const isInterval = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= SHORTEST_INTERVAL && minutes <= LONGEST_INTERVAL

/** PR8: which filters rows with such owners can have. */
const offered: Readonly<Record<Ownership, readonly string[]>> = {
  user: ['related', 'all', 'mine', 'teams', 'unit', 'custom'],
  business: ['related', 'all', 'unit'],
  organization: ['related', 'all'],
  none: ['related'],
}

const filterFaults = (schema: Schema, at: string, table: Table, item: ItemShape, selections: Selections): Fault[] => {
  const { filter } = item
  const asked = filter.kind === 'other' ? otherKinds.filter(kind => filter[kind] === true) : [filter.kind]
  const faults: Fault[] = []
  const fault = (code: string, message: string): void => {
    faults.push({ code, at, message })
  }
  for (const kind of asked) {
    if (!offered[table.ownership].includes(kind)) {
      fault('ownership', `the filter "${kind}" is not offered for a table with ownership ${table.ownership}`)
    } else if (kind === 'unit' && table.unitId === undefined) {
      fault('ownership', 'the filter "unit" needs a column that names the owning business unit')
    }
  }
  if (filter.kind === 'related' && (item.relationships ?? []).length === 0) {
    fault('related', 'downloads related data only, but no relationship is chosen')
  }
  if (filter.kind === 'other' && asked.length === 0) {
    fault('other', "needs at least one of my records, my teams' records, my business unit's records")
  }
  if (filter.kind === 'custom') faults.push(...customFaults(schema, at, table, selections, filter.where))
  return faults
}

const otherKinds = ['mine', 'teams', 'unit'] as const

/** PR10: what a filter compares must be in the profile and selected, or a device could not tell what it holds. */
const customFaults = (schema: Schema, place: string, table: Table, selections: Selections, where: unknown): Fault[] => {
  const faults = checkFilter(schema, table.name, where).map((fault): Fault => ({
    ...fault,
    at: fault.at.replace(`table ${table.name}`, () => place),
  }))
  if (faults.length > 0) return faults
  return [...columnsIn(table.name, where as Filter)].flatMap(([name, columns]) => {
    const selected = selections.get(name)
    if (selected === undefined) {
      const message = 'is asked for by a link of the filter but is not in the profile'
      return [
        {
          code: 'table-not-in-profile',
          at: `${place}, filter, table ${name}`,
          message,
          fix: `add an item for ${name}`,
        },
      ]
    }
    return [...columns]
      .filter(column => !selected(column))
      .map((column): Fault => ({
        code: 'unselected-column',
        at: `${place}, filter, ${name === table.name ? '' : `table ${name}, `}column ${column}`,
        message: 'is compared by the filter but not selected by the item',
        fix: 'select the column or leave the condition out',
      }))
  })
}

/** By table whether its item selects a column. */
type Selections = ReadonlyMap<string, (column: string) => boolean>

const selectionsOf = (schema: Schema, items: readonly ItemShape[]): Selections =>
  new Map(
    items.map(({ table, columns }) => {
      const key = schema.tables.get(table)?.primaryKey
      const selected = new Set(columns)
      return [table, column => columns === undefined || column === key || selected.has(column)]
    }),
  )

const placeIn = (part: unknown): string | undefined => {
  const table = typeof part === 'object' && part !== null && 'table' in part ? part.table : undefined
  return typeof table === 'string' ? `table ${cut(table)}` : undefined
}

const shapeFaults = (at: string, error: z.ZodError): Fault[] =>
  error.issues.map(issue => ({
    code: 'shape',
    at,
    message: issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`,
  }))

const LONGEST_TEXT = 600
const cut = (text: string): string => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text)
