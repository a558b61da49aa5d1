import type { Schema, Value } from '../../schema/schema.ts'
import type { Asking } from '../asking.ts'
import type { Condition, Filter } from '../filter.ts'
import { domainOf, type Operand, operandOf } from '../operand.ts'
import { type Probe, questionOf } from '../probe.ts'
import { comparableIn, type Comparable, type Test, testOf } from './test.ts'

/**
 * What of a filter indexes by column can answer: every row the filter selects is among those sought, and the filter
 * itself says which of them it is. `all`: each part alone names enough; `any`: only all of them together do.
 *
 *     { all: [{ column: 'status', op: 'eq', value: 1 }, { column: 'name', op: 'like', value: '%x%' }] }
 *     -> status, equal to 1
 */
export type Seek =
  | { readonly column: string; readonly sought: Sought }
  | { readonly all: readonly Seek[] }
  | { readonly any: readonly Seek[] }

/**
 * Of one column, by values in the form in which they compare (`comparableOf`); `absent`: undefined. What no index leads
 * to is `tested`: asked of every value there is, which are fewer than the rows, and nearer.
 */
export type Sought =
  | Extract<Probe, { readonly test: 'equal' | 'among' | 'range' }>
  | { readonly test: 'absent' }
  | { readonly test: 'tested'; readonly holds: Test }

/** @returns undefined where the filter may select any row at all; the filter has passed `checkFilter` */
export const seekIn = (schema: Schema, table: string, filter: Filter, asking: Asking): Seek | undefined => {
  if ('link' in filter) return undefined
  if ('any' in filter) {
    const parts = filter.any.map(member => seekIn(schema, table, member, asking))
    return parts.every(part => part !== undefined) ? { any: parts } : undefined
  }
  if ('all' in filter) {
    const parts = filter.all.flatMap(member => seekIn(schema, table, member, asking) ?? [])
    return parts.length === 0 ? undefined : { all: parts }
  }
  const sought = soughtBy(operandOf(schema.tables.get(table)!, filter.column)!, filter, asking)
  return sought === undefined ? undefined : { column: filter.column, sought }
}

/** How the values of an operand compare, and so how an index keeps them. */
export const comparableOf = (operand: Operand): ((value: Value) => Comparable) => comparableIn(domainOf(operand))

const soughtBy = (operand: Operand, condition: Condition, asking: Asking): Sought | undefined => {
  const domain = domainOf(operand)
  if (domain === 'choices' || domain === 'document') return undefined
  const { probe, negated } = questionOf(operand, condition, asking)
  // Patterns look into texts, and are no question to whole values.
  if (probe.test === 'like') return undefined
  if (!negated && (probe.test === 'equal' || probe.test === 'among')) return probe
  // Of ids no column is kept.
  if (operand.kind === 'key') return undefined
  if (negated && probe.test === 'present') return { test: 'absent' }
  // Numbers and texts among the values of one choice have no order between them.
  if (!negated && probe.test === 'range' && domain !== 'choice') return probe
  const test = testOf(probe)
  return { test: 'tested', holds: value => test(value) !== negated }
}
