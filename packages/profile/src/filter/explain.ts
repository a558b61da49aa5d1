import type { Schema, Table, Value } from '../schema/schema.ts'
import type { Asking } from './asking.ts'
import type { Condition, Filter, Link } from './filter.ts'
import { compileFilter } from './memory/compile.ts'
import type { Row, Rows } from './memory/rows.ts'
import { operandOf, valueIn } from './operand.ts'
import { operatorKind } from './operators.ts'
import { questionOf } from './probe.ts'

/**
 * Why a filter selects a row, or does not: its tree again, with what each part came to and the values it looked at.
 * Conditions and links are put to the memory evaluation itself.
 */
export type Reason = GroupReason | ConditionReason | LinkReason

interface Found {
  readonly holds: boolean
  /** as faults name parts of filters: `all[1].any[0]` */
  readonly path: string
}

export interface GroupReason extends Found {
  readonly kind: 'all' | 'any'
  readonly members: readonly Reason[]
}

export interface ConditionReason extends Found {
  readonly kind: 'condition'
  readonly table: string
  readonly condition: Condition
  /** of the row */
  readonly value: Value
  /** what an operator of the user or of the clock came to: ids, or the ends of a span */
  readonly means?: Meaning
}

export type Meaning =
  | { readonly oneOf: readonly (string | number | boolean)[] }
  | { readonly from?: string | number; readonly to?: string | number }

export interface LinkReason extends Found {
  readonly kind: 'link'
  readonly link: Pick<Link, 'link' | 'table' | 'from' | 'to'>
  /** how many rows the link leads to, whatever its own filter says of them */
  readonly linked: number
  /** some of them, those the link's own filter selects first */
  readonly rows: readonly { readonly id: string; readonly where?: Reason }[]
}

const MOST_LINKED = 3

/** @param filter a checked one @param rows what its links come to */
export const explainFilter = (
  schema: Schema,
  table: string,
  filter: Filter,
  asking: Asking,
  row: Row,
  rows: Rows,
): Reason => {
  const explain = (of: string, part: Filter, { fields, id }: Row, path: string): Reason => {
    const into = (next: string): string => (path === '' ? next : `${path}.${next}`)
    if ('all' in part || 'any' in part) {
      const [kind, parts] = 'all' in part ? (['all', part.all] as const) : (['any', part.any] as const)
      const members = parts.map((member, index) => explain(of, member, { fields, id }, into(`${kind}[${index}]`)))
      const holds = kind === 'all' ? members.every(each => each.holds) : members.some(each => each.holds)
      return { kind, holds, path, members }
    }
    const holds = compileFilter(schema, of, part, asking, rows)(fields, id)
    if (!('link' in part)) return conditionReason(schema.tables.get(of)!, part, asking, { fields, id }, holds, path)
    const value = valueIn(operandOf(schema.tables.get(of)!, part.to)!, fields, id)
    const linked = typeof value === 'string' ? [...rows.where(part.table, part.from, value)] : []
    const { where } = part
    const shown = linked.map(each => ({
      id: each.id,
      ...(where === undefined ? {} : { where: explain(part.table, where, each, into('where')) }),
    }))
    return {
      kind: 'link',
      holds,
      path,
      link: { link: part.link, table: part.table, from: part.from, to: part.to },
      linked: linked.length,
      rows: shown.toSorted((a, b) => Number(b.where?.holds ?? 1) - Number(a.where?.holds ?? 1)).slice(0, MOST_LINKED),
    }
  }
  return explain(table, filter, row, '')
}

const conditionReason = (
  table: Table,
  condition: Condition,
  asking: Asking,
  { fields, id }: Row,
  holds: boolean,
  path: string,
): ConditionReason => {
  const operand = operandOf(table, condition.column)!
  const means = asksFurther.has(operatorKind(condition.op))
    ? meaningOf(questionOf(operand, condition, asking).probe)
    : undefined
  const value = valueIn(operand, fields, id)
  return {
    kind: 'condition',
    holds,
    path,
    table: table.name,
    condition,
    value,
    ...(means === undefined ? {} : { means }),
  }
}

const asksFurther: ReadonlySet<string | undefined> = new Set(['user', 'day', 'period', 'count'])

const meaningOf = (probe: ReturnType<typeof questionOf>['probe']): Meaning | undefined => {
  switch (probe.test) {
    case 'equal':
      return { oneOf: probe.to === undefined ? [] : [probe.to] }
    case 'among':
      return { oneOf: probe.values }
    case 'range': {
      const { low, high } = probe
      return {
        ...(low === undefined ? {} : { from: low.value }),
        ...(high === undefined ? {} : { to: high.value }),
      }
    }
    default:
      return undefined
  }
}

/**
 * The conditions and links that account for an answer: of an `all` that fails those that fail, of an `any` that holds
 * those that hold; otherwise every member counts.
 */
export const decisive = (reason: Reason): readonly (ConditionReason | LinkReason)[] =>
  'members' in reason ? reason.members.filter(({ holds }) => holds === reason.holds).flatMap(decisive) : [reason]
