import type { Schema } from '../../schema/schema.ts'
import type { Condition, Filter, Link } from '../filter.ts'
import { domainOf, operandOf, type Operand } from '../operand.ts'
import { operatorKind, positiveOf } from '../operators.ts'
import { parsePattern, prefixOf } from '../pattern/pattern.ts'
import type { Dialect } from './dialect.ts'
import { render } from './fragment.ts'

export interface IndexPlan {
  /** by table and column name, each once; primary keys have theirs already */
  readonly indexes: readonly { readonly table: string; readonly column: string }[]
  /** with these indexes the rows are found without reading the table; empty: they are. Paths of what stands in the way */
  readonly scans: readonly string[]
}

/**
 * Which indexes serve a checked filter, and which parts none can serve, to be said at publish. Served are equality,
 * lists, ranges and patterns with a beginning, on anything but truths; a group of `all` by one member, a group of `any`
 * by every one; `any` links whose own filter is served. What is negated or asks for null reads the table.
 */
export const indexesFor = (schema: Schema, table: string, filter: Filter): IndexPlan => {
  const indexes = new Map<string, { table: string; column: string }>()
  const wish = (of: string, column: string): void => {
    if (schema.tables.get(of)?.primaryKey !== column) indexes.set(`${of}.${column}`, { table: of, column })
  }

  const scansOf = (of: string, part: Filter, path: string): string[] => {
    const into = (next: string): string => (path === '' ? next : `${path}.${next}`)
    if ('all' in part) {
      const scans = part.all.map((member, index) => scansOf(of, member, into(`all[${index}]`)))
      return scans.some(each => each.length === 0) ? [] : scans.length === 0 ? [path] : scans.flat()
    }
    if ('any' in part) return part.any.flatMap((member, index) => scansOf(of, member, into(`any[${index}]`)))
    if ('link' in part) return scansOfLink(of, part, path, into)
    const operand = operandIn(schema, of, part.column)
    if (!isServed(operand, part)) return [path]
    wish(of, part.column)
    return []
  }

  const scansOfLink = (of: string, link: Link, path: string, into: (next: string) => string): string[] => {
    wish(link.table, link.from)
    const inside = link.where === undefined ? [path] : scansOf(link.table, link.where, into('where'))
    if (link.link === 'not any') return [path]
    wish(of, link.to)
    return inside
  }

  const scans = scansOf(table, filter, '')
  return { indexes: [...indexes.values()], scans }
}

const isServed = (operand: Operand, condition: Condition): boolean => {
  const domain = domainOf(operand)
  if (domain === 'boolean' || domain === 'choices' || domain === 'document') return false
  if (condition.op in positiveOf || operatorKind(condition.op) === 'presence') return false
  return operatorKind(condition.op) === 'pattern'
    ? prefixOf(parsePattern(condition.op as 'like', (condition as { readonly value: string }).value)) !== ''
    : true
}

const operandIn = (schema: Schema, table: string, column: string): Operand => {
  const of = schema.tables.get(table)
  const operand = of === undefined ? undefined : operandOf(of, column)
  if (operand === undefined) throw new Error(`the filter's column ${table}.${column} is not in the schema`)
  return operand
}

/** `create index if not exists ...`, one statement each; running them again does nothing. `analyze` belongs after them. */
export const createIndexes = (schema: Schema, dialect: Dialect, indexes: IndexPlan['indexes']): string[] =>
  indexes.map(
    ({ table, column }) =>
      render(dialect.createIndex(table, operandIn(schema, table, column)), dialect.placeholders).text,
  )
