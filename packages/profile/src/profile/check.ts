import type { z } from 'zod'
import type { Fault } from '../fault.ts'
import { checkFilter } from '../filter/check.ts'
import type { Filter } from '../filter/filter.ts'
import { columnsIn } from '../filter/walk.ts'
import { repeated } from '../schema/columns.ts'
import type { Ownership, Schema, Table } from '../schema/schema.ts'
import { itemShape, profileShape, type ItemShape } from './shape.ts'

/** PR11, minutes */
export const SHORTEST_INTERVAL = 5
export const LONGEST_INTERVAL = 1440

/**
 * Everything that keeps a profile from being published (PR3), each fault with profile, table and rule. Takes
 * anything: profiles come from files and consoles. How relationships hang together (PR14 to PR16) is not judged yet.
 */
export const checkProfile = (schema: Schema, source: unknown): Fault[] => {
  const shape = profileShape.safeParse(source)
  if (!shape.success) return shapeFaults('profile', shape.error)
  const at = `profile ${shape.data.name}`
  const faults: Fault[] = []
  const items = shape.data.items.flatMap((part, index) => {
    const parsed = itemShape.safeParse(part)
    if (parsed.success) return [parsed.data]
    faults.push(...shapeFaults(`${at}, ${placeIn(part) ?? `item ${index + 1}`}`, parsed.error))
    return []
  })
  for (const table of repeated(items.map(item => item.table))) {
    faults.push({ code: 'duplicate', at: `${at}, table ${table}`, message: 'has two items; a table has one' })
  }
  for (const item of items) faults.push(...itemFaults(schema, at, item, items))
  return faults
}

const itemFaults = (schema: Schema, profile: string, item: ItemShape, items: readonly ItemShape[]): Fault[] => {
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
  return [...faults, ...relationshipFaults(schema, at, item), ...filterFaults(schema, at, table, item, items)]
}

const isInterval = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= SHORTEST_INTERVAL && minutes <= LONGEST_INTERVAL

const relationshipFaults = (schema: Schema, place: string, item: ItemShape): Fault[] => {
  const chosen = item.relationships ?? []
  const faults = repeated(chosen).map((name): Fault => ({
    code: 'duplicate',
    at: `${place}, relationship ${name}`,
    message: 'is chosen twice',
  }))
  for (const name of new Set(chosen)) {
    const at = `${place}, relationship ${name}`
    const relationship = schema.relationships.get(name)
    if (relationship === undefined) {
      faults.push({ code: 'unknown-relationship', at, message: 'is not a relationship of the schema' })
    } else if (relationship.to !== item.table && relationship.from.split('.')[0] !== item.table) {
      const message = `joins ${relationship.from} to ${relationship.to} and brings no row of ${item.table}`
      faults.push({ code: 'relationship', at, message })
    }
  }
  return faults
}

/** PR8: which filters rows with such owners can have. */
const offered: Readonly<Record<Ownership, readonly string[]>> = {
  user: ['related', 'all', 'mine', 'teams', 'unit', 'custom'],
  business: ['related', 'all', 'unit'],
  organization: ['related', 'all'],
  none: ['related'],
}

const filterFaults = (
  schema: Schema,
  at: string,
  table: Table,
  item: ItemShape,
  items: readonly ItemShape[],
): Fault[] => {
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
  if (filter.kind === 'custom') faults.push(...customFaults(schema, at, table, items, filter.where))
  return faults
}

const otherKinds = ['mine', 'teams', 'unit'] as const

/** PR10: what a filter compares must be in the profile and selected, or a device could not tell what it holds. */
const customFaults = (
  schema: Schema,
  place: string,
  table: Table,
  items: readonly ItemShape[],
  where: unknown,
): Fault[] => {
  const faults = checkFilter(schema, table.name, where).map((fault): Fault => ({
    ...fault,
    at: fault.at.replace(`table ${table.name}`, () => place),
  }))
  if (faults.length > 0) return faults
  return [...columnsIn(table.name, where as Filter)].flatMap(([name, columns]) => {
    const selected = items.find(item => item.table === name)
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
    return unselected(schema, selected, columns).map((column): Fault => ({
      code: 'unselected-column',
      at: `${place}, filter, ${name === table.name ? '' : `table ${name}, `}column ${column}`,
      message: 'is compared by the filter but not selected by the item',
      fix: 'select the column or leave the condition out',
    }))
  })
}

const unselected = (schema: Schema, item: ItemShape, columns: ReadonlySet<string>): string[] => {
  const key = schema.tables.get(item.table)?.primaryKey
  return [...columns].filter(name => name !== key && item.columns?.includes(name) === false)
}

const placeIn = (part: unknown): string | undefined => {
  const table = typeof part === 'object' && part !== null && 'table' in part ? part.table : undefined
  return typeof table === 'string' ? `table ${table}` : undefined
}

const shapeFaults = (at: string, error: z.ZodError): Fault[] =>
  error.issues.map(issue => ({
    code: 'shape',
    at,
    message: issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`,
  }))
