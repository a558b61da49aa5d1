import type { Fault } from '../fault.ts'
import type { Schema, Table } from '../schema/schema.ts'
import { conditionFaults } from './check-condition.ts'
import { holdsId, operandOf } from './operand.ts'

/** PR9 */
export const MOST_LEVELS = 3
export const MOST_CONDITIONS = 500
/** related tables of one filter, as documented; a link counts its group levels anew, for it speaks of another table */
export const MOST_LINKS = 15
/** links inside one another; SQLite gives up on statements a few times deeper */
export const MOST_LINK_LEVELS = 5

/**
 * What is wrong with a filter on a table, each fault with its path (`filter all[0].any[2], column status`).
 * Takes anything: filters come from files and consoles. A filter without faults compiles.
 */
export const checkFilter = (schema: Schema, table: string, filter: unknown): Fault[] => {
  const rows = schema.tables.get(table)
  const at = `table ${table}, filter`
  if (rows === undefined) return [{ code: 'unknown-table', at, message: `${table} is not a table of the schema` }]
  const walk: Walk = { schema, at, faults: [], conditions: 0, links: 0, within: 0 }
  visit(walk, rows, filter, '', 0)
  return walk.faults
}

interface Walk {
  readonly schema: Schema
  readonly at: string
  readonly faults: Fault[]
  conditions: number
  links: number
  /** links around the present part */
  within: number
}

const visit = (walk: Walk, table: Table, part: unknown, path: string, levels: number): void => {
  const place = path === '' ? walk.at : `${walk.at} ${path}`
  const fault = (code: string, message: string): void => {
    walk.faults.push({ code, at: place, message })
  }
  if (!isPlain(part)) return fault('shape', 'is neither a group nor a condition nor a link')
  const group = (['all', 'any'] as const).find(key => key in part)
  if (group === undefined) {
    if ('link' in part) visitLink(walk, table, part, path, place)
    else if (counts(walk, place)) walk.faults.push(...conditionFaults(table, part, place))
    return
  }
  const members = part[group]
  if (!Array.isArray(members) || Object.keys(part).length > 1) {
    return fault('shape', `a group has one key, ${group}, with a list of its members`)
  }
  // not descended into: the depth of what strangers send must not become the depth of our stack
  if (levels === MOST_LEVELS) {
    return fault('too-deep', `is group level ${levels + 1}; at most ${MOST_LEVELS} are allowed`)
  }
  // an empty group says something too, and there is no end to how many could be sent
  if (members.length === 0) counts(walk, place)
  for (const [index, member] of members.entries()) {
    if (walk.conditions > MOST_CONDITIONS) return
    visit(walk, table, member, step(path, `${group}[${index}]`), levels + 1)
  }
}

/** Whether there is room for one more; the first that has none is named. */
const counts = (walk: Walk, at: string): boolean => {
  walk.conditions += 1
  if (walk.conditions <= MOST_CONDITIONS) return true
  const message = `is condition ${walk.conditions}; at most ${MOST_CONDITIONS} are allowed`
  walk.faults.push({ code: 'too-many-conditions', at, message })
  return false
}

const visitLink = (walk: Walk, table: Table, part: Plain, path: string, place: string): void => {
  const fault = (code: string, message: string, at = place): void => {
    walk.faults.push({ code, at, message })
  }
  if (!counts(walk, place)) return
  walk.links += 1
  if (walk.links > MOST_LINKS) {
    if (walk.links === MOST_LINKS + 1) fault('too-many-links', `is one link more than the ${MOST_LINKS} allowed`)
    return
  }
  if (walk.within === MOST_LINK_LEVELS) {
    return fault(
      'too-deep',
      `is a link in ${MOST_LINK_LEVELS} others; at most ${MOST_LINK_LEVELS} are allowed in one another`,
    )
  }
  const { link, table: name, from, to } = part
  if (link !== 'any' && link !== 'not any') return fault('shape', 'a link is any or not any; others cannot filter')
  const extra = Object.keys(part).filter(key => !['link', 'table', 'from', 'to', 'where'].includes(key))
  if (extra.length > 0) return fault('shape', `has the unknown key ${extra.join(', ')}`)
  if (typeof name !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
    return fault('shape', 'a link names its table, the column from there and the column to here')
  }
  const related = walk.schema.tables.get(name)
  if (related === undefined) return fault('unknown-table', `links to ${name}, which is not a table of the schema`)
  joinFaults(fault, place, related, from)
  joinFaults(fault, place, table, to)
  if (!('where' in part)) return
  walk.within += 1
  visit(walk, related, part['where'], step(path, 'where'), 0)
  walk.within -= 1
}

const joinFaults = (
  fault: (code: string, message: string, at: string) => void,
  place: string,
  table: Table,
  column: string,
): void => {
  const operand = operandOf(table, column)
  const at = `${place}, column ${column}`
  if (operand === undefined) fault('unknown-column', `is not a column of ${table.name}`, at)
  else if (!holdsId(operand)) fault('operator', 'holds no ids: links join lookups, guids and primary keys', at)
}

const step = (path: string, next: string): string => (path === '' ? next : `${path}.${next}`)

type Plain = Readonly<Record<string, unknown>>
const isPlain = (part: unknown): part is Plain => typeof part === 'object' && part !== null && !Array.isArray(part)
