import type { Value } from '../../schema/schema.ts'
import type { Bound } from '../dates/bounds.ts'
import { byCodePoint, fold } from '../fold.ts'
import type { Domain } from '../operand.ts'
import { matcherOf } from '../pattern/match.ts'
import type { Probe, Scalar } from '../probe.ts'

/** A value in the form in which it compares; undefined is null, or nothing the column could hold. */
export type Comparable = Scalar | readonly (string | number)[] | undefined

export const comparableIn = (domain: Domain): ((value: Value) => Comparable) => {
  switch (domain) {
    case 'text':
      return value => (typeof value === 'string' ? fold(value) : undefined)
    case 'plain':
      return value => (typeof value === 'string' ? value : undefined)
    case 'number':
      return value => (typeof value === 'number' ? value : undefined)
    case 'boolean':
      return value => (typeof value === 'boolean' ? value : undefined)
    case 'choice':
      return value => (typeof value === 'string' || typeof value === 'number' ? value : undefined)
    case 'choices':
      return value => (Array.isArray(value) ? (value as readonly (string | number)[]) : undefined)
    case 'document':
      return () => undefined
  }
}

export type Test = (value: Comparable) => boolean

/** A probe as a function of a comparable. */
export const testOf = (probe: Probe): Test => {
  switch (probe.test) {
    case 'present':
      return value => value !== undefined
    case 'equal': {
      const { to } = probe
      return value => value !== undefined && value === to
    }
    case 'among': {
      const values: ReadonlySet<Comparable> = new Set(probe.values)
      return value => value !== undefined && values.has(value)
    }
    case 'range': {
      const { low, high } = probe
      return value => (low === undefined || above(value, low)) && (high === undefined || below(value, high))
    }
    case 'like': {
      const matches = matcherOf(probe.pattern)
      return value => typeof value === 'string' && matches(value)
    }
    case 'holds': {
      const values: ReadonlySet<string | number> = new Set(probe.values)
      return value => Array.isArray(value) && value.some(each => values.has(each as string | number))
    }
  }
}

const above = (value: Comparable, { value: bound, open }: Bound): boolean => {
  const order = compare(value, bound)
  return order > 0 || (order === 0 && !open)
}

const below = (value: Comparable, { value: bound, open }: Bound): boolean => {
  const order = compare(value, bound)
  return order < 0 || (order === 0 && !open)
}

/** NaN, which is neither greater nor less nor equal, where there is no value or the two are of two kinds. */
const compare = (left: Comparable, right: string | number): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return byCodePoint(left, right)
  return Number.NaN
}
