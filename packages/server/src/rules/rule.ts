import { checkFilter, dependenceOf, type Fault, type Filter, type Schema } from '@rejoin/profile'
import { z } from 'zod'

/**
 * A rule as data, among the settings of an environment: what nobody may do to a record as it stands, whatever the
 * conflict setting is (CF10).
 *
 *     { name: 'closed', table: 'workorder', on: ['update', 'delete'],
 *       when: { column: 'status', op: 'eq', value: 'closed' }, message: 'is closed' }
 */
export interface Rule {
  readonly name: string
  readonly table: string
  readonly on: readonly RuledKind[]
  /** on the record before; it may ask for the author and the time, not for other records */
  readonly when: Filter
  /** by name: only where one of these would change */
  readonly columns?: readonly string[]
  /** for people */
  readonly message: string
}

/** What is done to a record that is there. Of a record that is not there yet only rules as code can say anything. */
export type RuledKind = 'update' | 'delete' | 'command'

const shape = z.strictObject({
  name: z.string().min(1).max(100),
  table: z.string(),
  on: z.array(z.enum(['update', 'delete', 'command'])).min(1),
  when: z.unknown(),
  columns: z.array(z.string()).min(1).optional(),
  message: z.string().min(1).max(500),
})

/** For what writes settings; what a rule says of tables and columns `checkRules` judges. */
export const rulesShape: z.ZodType<readonly Rule[]> = z.array(shape).max(1_000) as never

/** What is wrong with rules from a file or a console, each fault with its place (`rule closed, column stat`). */
export const checkRules = (schema: Schema, rules: readonly unknown[]): Fault[] => {
  const faults = rules.flatMap((rule, at) => faultsOf(schema, rule, at))
  const names = rules.map(nameOf)
  for (const twin of new Set(names.filter((name, at) => name !== undefined && names.indexOf(name) !== at))) {
    faults.push({ code: 'duplicate', at: `rule ${twin}`, message: 'is there twice' })
  }
  return faults
}

const nameOf = (rule: unknown): string | undefined => {
  const name = typeof rule === 'object' && rule !== null && 'name' in rule ? rule.name : undefined
  return typeof name === 'string' && name !== '' ? name : undefined
}

const faultsOf = (schema: Schema, rule: unknown, index: number): Fault[] => {
  const at = `rule ${nameOf(rule) ?? `number ${index + 1}`}`
  const read = shape.safeParse(rule)
  if (!read.success) {
    return read.error.issues.map(({ path, message }) => ({
      code: 'shape',
      at: path.length === 0 ? at : `${at}, ${path.join('.')}`,
      message,
    }))
  }
  const { table: name, columns = [], when } = read.data
  const table = schema.tables.get(name)
  if (table === undefined) {
    return [{ code: 'unknown-table', at: `${at}, table ${name}`, message: 'is not a table of the schema' }]
  }
  const unknown = columns.filter(column => !table.byName.has(column))
  const filter = checkFilter(schema, name, when)
  return [
    ...unknown.map(column => ({
      code: 'unknown-column',
      at: `${at}, column ${column}`,
      message: `is not a column of ${name}`,
    })),
    ...filter.map(fault => ({ ...fault, at: `${at}, ${fault.at}` })),
    ...(filter.length === 0 ? linksIn(name, when as Filter, at) : []),
  ]
}

const linksIn = (table: string, when: Filter, at: string): Fault[] =>
  dependenceOf(table, when).tables.size === 0
    ? []
    : [{ code: 'link', at: `${at}, filter`, message: 'links to other records; a rule is judged on its record alone' }]
