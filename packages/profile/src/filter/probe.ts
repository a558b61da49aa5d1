import type { Value } from '../schema/schema.ts'
import type { Asking } from './asking.ts'
import { boundsOf, nowFor, type Bounds, type Now } from './dates/bounds.ts'
import { spanOfCount, spanOfDay, spanOfPeriod, type Span } from './dates/span.ts'
import type { Condition } from './filter.ts'
import { fold } from './fold.ts'
import { domainOf, operandValue, type Operand } from './operand.ts'
import { operatorKind, positiveOf, type CountOp, type DayOp, type PeriodOp } from './operators.ts'
import { parsePattern, type Pattern } from './pattern/pattern.ts'

/**
 * What a condition comes down to once it is known who asks and when: one of six questions to a value in the form in
 * which it compares. The evaluations know these six and nothing of operators, people or calendars, so they cannot
 * disagree on those. None is true of null; `negated` turns the answer, on null too (FI5).
 */
export type Probe =
  | { readonly test: 'present' }
  /** undefined: there is nothing it could equal (a user without a business unit) */
  | { readonly test: 'equal'; readonly to: Scalar | undefined }
  | { readonly test: 'among'; readonly values: readonly Scalar[] }
  | ({ readonly test: 'range' } & Bounds)
  | { readonly test: 'like'; readonly pattern: Pattern }
  /** a list that holds one of these */
  | { readonly test: 'holds'; readonly values: readonly (string | number)[] }

export type Scalar = string | number | boolean

export interface Question {
  readonly probe: Probe
  readonly negated: boolean
}

export const questionOf = (operand: Operand, condition: Condition, asking: Asking): Question => {
  const negated = condition.op === 'not-null' || condition.op in positiveOf
  // asked for as `null`, so present is what is negated
  if (condition.op === 'null' || condition.op === 'not-null') return { probe: { test: 'present' }, negated: !negated }
  return { probe: probeOf(operand, condition, asking), negated }
}

const probeOf = (operand: Operand, condition: Condition, asking: Asking): Probe => {
  const comparable = (value: Value): Scalar => {
    const stored = operandValue(operand, value)
    if (domainOf(operand) === 'text') return fold(String(stored))
    return stored as Scalar
  }
  switch (condition.op) {
    case 'eq':
    case 'ne':
      return { test: 'equal', to: comparable(condition.value) }
    case 'gt':
    case 'ge':
      return { test: 'range', low: { value: bound(comparable(condition.value)), open: condition.op === 'gt' } }
    case 'lt':
    case 'le':
      return { test: 'range', high: { value: bound(comparable(condition.value)), open: condition.op === 'lt' } }
    case 'between':
    case 'not-between': {
      const [low = null, high = null] = condition.value
      return {
        test: 'range',
        low: { value: bound(comparable(low)), open: false },
        high: { value: bound(comparable(high)), open: false },
      }
    }
    case 'in':
    case 'not-in':
      return { test: 'among', values: condition.value.map(comparable) }
    case 'contain-values':
      return { test: 'holds', values: condition.value }
    case 'like':
    case 'not-like':
    case 'begins-with':
    case 'not-begin-with':
    case 'ends-with':
    case 'not-end-with':
      return { test: 'like', pattern: parsePattern(condition.op, condition.value) }
    case 'null':
    case 'not-null':
      return { test: 'present' }
    case 'eq-userid':
    case 'ne-userid':
      return { test: 'equal', to: asking.person.id }
    case 'eq-businessid':
    case 'ne-businessid':
      return { test: 'equal', to: asking.person.unit }
    case 'eq-userlanguage':
      return { test: 'equal', to: languageFor(operand, asking.person.language) }
    case 'eq-userteams':
    case 'eq-useroruserteams':
    case 'eq-useroruserhierarchy':
    case 'eq-useroruserhierarchyandteams':
      return { test: 'among', values: peopleOf(condition.op, asking) }
    default:
      return datesOf(operand, condition, asking)
  }
}

const bound = (value: Scalar): string | number => {
  if (typeof value === 'boolean') throw new Error('truths have no order')
  return value
}

type PeopleOp = 'eq-userteams' | 'eq-useroruserteams' | 'eq-useroruserhierarchy' | 'eq-useroruserhierarchyandteams'

const peopleOf = (op: PeopleOp, { person }: Asking): readonly string[] => {
  const { id, teams, below } = person
  switch (op) {
    case 'eq-userteams':
      return teams
    case 'eq-useroruserteams':
      return [id, ...teams]
    case 'eq-useroruserhierarchy':
      return [id, ...(below?.people ?? [])]
    case 'eq-useroruserhierarchyandteams':
      return [id, ...teams, ...(below?.people ?? []), ...(below?.teams ?? [])]
  }
}

/** A number is no language of a text column, nor a text one of a number column. */
const languageFor = (operand: Operand, language: number | string | undefined): Scalar | undefined => {
  switch (domainOf(operand)) {
    case 'text':
      return typeof language === 'string' ? fold(language) : undefined
    case 'number':
      return typeof language === 'number' ? language : undefined
    default:
      return language
  }
}

type DateCondition =
  | { readonly op: DayOp; readonly value: string }
  | { readonly op: CountOp; readonly value: number }
  | { readonly op: PeriodOp }

const datesOf = (operand: Operand, condition: DateCondition, asking: Asking): Probe => {
  if (operand.kind === 'key') throw new Error('a date was asked of an id')
  const now = nowFor(operand.column, asking)
  return { test: 'range', ...boundsOf(spanOf(condition, now), operand.column, now) }
}

const spanOf = (condition: DateCondition, now: Now): Span => {
  if (!('value' in condition)) return spanOfPeriod(condition.op, now)
  return typeof condition.value === 'string'
    ? spanOfDay(condition.op as DayOp, condition.value)
    : spanOfCount(condition.op as CountOp, condition.value, now)
}

/** Whether the answer changes by time passing alone. `on` names a day, which does not move. */
export const asksTheClock = (condition: Condition): boolean => {
  const kind = operatorKind(condition.op)
  return kind === 'period' || kind === 'count'
}

export const asksThePerson = (condition: Condition): boolean => operatorKind(condition.op) === 'user'
