import { fold } from '../fold.ts'
import { domainOf, type Domain, type Operand } from '../operand.ts'
import { matcherOf } from '../pattern/match.ts'
import { afterPrefix, parseFolded, prefixOf } from '../pattern/pattern.ts'
import type { Probe, Scalar } from '../probe.ts'
import type { Dialect } from './dialect.ts'
import { joined, sql, word, type Fragment } from './fragment.ts'
import { indexName } from './index-name.ts'

/**
 * SQLite over `record(tbl, id, deleted, json)`. Text is folded and matched by two functions of ours, registered on each
 * connection; an index on the folded text keeps the outcome, so only writes and scans call them. Values of another JSON
 * type than the column's count as null, as in memory. JSON keeps whole numbers apart from others and 1e17 is written
 * as a whole number, so numbers are compared as `+ 0.0`.
 *
 * What the planner must be told: that a table's rows are many (without statistics it takes ten, and walks the primary
 * key); which table it is, in each part of an `or` too, in words that are the index's and nothing else's (hence `+tbl`: of
 * a plain `tbl` in each part it makes a search by `tbl`); and that ids compare as they are (a column has text affinity,
 * an index on an expression has none, hence `+id`).
 */
export const sqlite: Dialect = {
  placeholders: '?',
  from: alias => sql`record as ${word(alias)}`,
  isOf: (table, alias) =>
    joined('and', [sql`likelihood(${word(alias)}.tbl = '${word(table)}', 0.9)`, isIndexed(table, alias)]),
  json: alias => sql`${word(alias)}.json`,
  isLive: alias => sql`${word(alias)}.deleted = 0`,
  probe: (operand, alias, probe) => probeSql(operand, word(alias), probe),
  // its statistics do not know how many a range or a list of parameters selects
  beside: condition => sql`((${condition}) is true)`,
  part: (table, alias, condition) => joined('and', [isIndexed(table, alias), condition]),
  id: (operand, alias) => valueOf(operand, word(alias)),
  selectedId: (operand, alias) => sql`+${valueOf(operand, word(alias))}`,
  isId: (operand, alias) => isOfType(operand, word(alias), 'text'),
  createIndex: (table, operand) => {
    const value = comparable(operand, undefined)
    return sql`create index if not exists "${word(indexName(table, operand))}" on record (${value}) where +tbl = '${word(table)}'`
  },
}

const isIndexed = (table: string, alias: string): Fragment => sql`+${word(alias)}.tbl = '${word(table)}'`

/** What each connection must know before it runs such statements; deterministic, so that indexes may hold them. */
export const sqliteFunctions: readonly {
  readonly name: string
  readonly call: (...values: unknown[]) => string | number | null
}[] = [
  { name: 'rejoin_fold', call: (text: unknown) => (typeof text === 'string' ? fold(text) : null) },
  {
    name: 'rejoin_like',
    call: (text: unknown, pattern: unknown) =>
      typeof text === 'string' && typeof pattern === 'string' ? Number(matcherFor(pattern)(fold(text))) : null,
  },
]

/** One statement asks the same pattern row after row, and seldom a second one. */
const matchers = new Map<string, (text: string) => boolean>()
const matcherFor = (pattern: string): ((text: string) => boolean) => {
  const known = matchers.get(pattern)
  if (known !== undefined) return known
  const matcher = matcherOf(parseFolded(pattern))
  if (matchers.size >= 64) matchers.clear()
  matchers.set(pattern, matcher)
  return matcher
}

const valueOf = (operand: Operand, alias: Fragment | undefined): Fragment => {
  const owner = alias === undefined ? sql`` : sql`${alias}.`
  if (operand.kind === 'key') return sql`${owner}id`
  return sql`json_extract(${owner}json, '$."${word(operand.column.id)}"')`
}

/** The value in the form in which it compares, and which an index of it holds. */
const comparable = (operand: Operand, alias: Fragment | undefined): Fragment => {
  const value = valueOf(operand, alias)
  const domain = domainOf(operand)
  if (domain === 'text') return sql`rejoin_fold(${value})`
  return domain === 'number' ? sql`${value} + 0.0` : value
}

type JsonKind = 'text' | 'number' | 'boolean' | 'scalar' | 'array'

const isOfType = (operand: Operand, alias: Fragment, kind: JsonKind): Fragment => {
  if (operand.kind === 'key') return kind === 'text' || kind === 'scalar' ? sql`true` : sql`false`
  const type = sql`json_type(${alias}.json, '$."${word(operand.column.id)}"')`
  switch (kind) {
    case 'text':
      return sql`${type} = 'text'`
    case 'number':
      return sql`${type} in ('integer', 'real')`
    case 'boolean':
      return sql`${type} in ('true', 'false')`
    case 'scalar':
      return sql`${type} in ('integer', 'real', 'text')`
    case 'array':
      return sql`${type} = 'array'`
  }
}

const kindOf = (domain: Domain): JsonKind => {
  switch (domain) {
    case 'text':
    case 'plain':
      return 'text'
    case 'number':
    case 'boolean':
      return domain
    case 'choice':
      return 'scalar'
    case 'choices':
    case 'document':
      return 'array'
  }
}

const probeSql = (operand: Operand, alias: Fragment, probe: Probe): Fragment => {
  const domain = domainOf(operand)
  if (domain === 'document') return sql`false`
  const value = comparable(operand, alias)
  const typed = isOfType(operand, alias, kindOf(domain))
  const both = (fragment: Fragment): Fragment => (operand.kind === 'key' ? fragment : joined('and', [fragment, typed]))
  switch (probe.test) {
    case 'present':
      return typed
    case 'equal':
      return both(sql`${value} = ${bind(probe.to)}`)
    case 'among': {
      const list = sql`json_each(${JSON.stringify(probe.values)})`
      return both(
        domain === 'number'
          ? sql`${value} in (select value + 0.0 from ${list})`
          : sql`${value} in (select value from ${list})`,
      )
    }
    case 'range': {
      const { low, high } = probe
      return joined('and', [
        ...(low === undefined ? [] : [low.open ? sql`${value} > ${low.value}` : sql`${value} >= ${low.value}`]),
        ...(high === undefined ? [] : [high.open ? sql`${value} < ${high.value}` : sql`${value} <= ${high.value}`]),
        ...[low, high].flatMap(bound =>
          bound === undefined ? [] : [isOfType(operand, alias, typeof bound.value === 'number' ? 'number' : 'text')],
        ),
      ])
    }
    case 'like': {
      const prefix = prefixOf(probe.pattern)
      const after = afterPrefix(prefix)
      return both(
        joined('and', [
          ...(prefix === '' ? [] : [sql`${value} >= ${prefix}`]),
          ...(after === undefined ? [] : [sql`${value} < ${after}`]),
          sql`rejoin_like(${valueOf(operand, alias)}, ${probe.pattern.text})`,
        ]),
      )
    }
    case 'holds': {
      const list = JSON.stringify(probe.values)
      const path = operand.kind === 'key' ? sql`'$'` : sql`'$."${word(operand.column.id)}"'`
      return both(
        sql`exists (select 1 from json_each(${alias}.json, ${path}) as e where e.type in ('integer', 'real', 'text')
          and e.value in (select value from json_each(${list})))`,
      )
    }
  }
}

/** A truth is 1 or 0, as `json_extract` gives it. */
const bind = (value: Scalar | undefined): string | number | null => {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value ?? null
}
