import type { Fields } from '../../schema/schema.ts'
import { fold } from '../fold.ts'
import { domainOf, type Domain, type Operand } from '../operand.ts'
import { afterPrefix, prefixOf } from '../pattern/pattern.ts'
import type { Probe, Scalar } from '../probe.ts'
import type { Dialect } from './dialect.ts'
import { joined, sql, word, type Fragment } from './fragment.ts'
import { indexName } from './index-name.ts'
import { hasClass, likeText, regexText } from './postgres-pattern.ts'

/**
 * PostgreSQL over `record(env, tbl, id, deleted, fields jsonb, folded jsonb)`: `folded` is `foldedFields(fields)`, text
 * of the fields folded by the same function as in memory, because the server's own case rules are its locale's. Text is
 * compared in collation "C", which is by code point. Numbers and choices compare as jsonb, exactly and without casts that
 * could fail. Values of another JSON type than the column's count as null.
 */
export const postgres = ({ schema, env }: { readonly schema?: string; readonly env?: number } = {}): Dialect => {
  const record = schema === undefined ? sql`record` : sql`${word(schema)}.record`
  return {
    placeholders: '$',
    from: alias => sql`${record} as ${word(alias)}`,
    isOf: (table, alias) => {
      const isTable = sql`${word(alias)}.tbl = '${word(table)}'`
      return env === undefined ? isTable : sql`${word(alias)}.env = ${env}::integer and ${isTable}`
    },
    json: alias => sql`${word(alias)}.fields::text`,
    isLive: alias => sql`not ${word(alias)}.deleted`,
    probe: (operand, alias, probe) => probeSql(operand, word(alias), probe),
    beside: condition => condition,
    part: (_table, _alias, condition) => condition,
    id: (operand, alias) => textOf(operand, sql`${word(alias)}.`),
    selectedId: (operand, alias) => textOf(operand, sql`${word(alias)}.`),
    isId: (operand, alias) => isOfType(operand, word(alias), 'string'),
    createIndex: (table, operand) => {
      const value = sql`(${comparable(operand, sql``)})`
      const columns = env === undefined ? value : sql`env, ${value}`
      return sql`create index if not exists "${word(indexName(table, operand))}" on ${record} (${columns}) where tbl = '${word(table)}'`
    },
  }
}

/** What the `folded` column holds beside the fields: all their text, folded. */
export const foldedFields = (fields: Fields): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([id, value]) => (typeof value === 'string' ? [[id, fold(value)]] : [])),
  )

const jsonOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? sql`to_jsonb(${owner}id)` : sql`(${owner}fields -> '${word(operand.column.id)}')`

const textOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? sql`${owner}id` : sql`((${owner}fields ->> '${word(operand.column.id)}') collate "C")`

const foldedOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? textOf(operand, owner) : sql`((${owner}folded ->> '${word(operand.column.id)}') collate "C")`

/** The value in the form in which it compares, and which an index of it holds. */
const comparable = (operand: Operand, owner: Fragment): Fragment => {
  const domain = domainOf(operand)
  if (domain === 'text') return foldedOf(operand, owner)
  return domain === 'plain' ? textOf(operand, owner) : jsonOf(operand, owner)
}

type JsonKind = 'string' | 'number' | 'boolean' | 'array'

const isOfType = (operand: Operand, alias: Fragment, ...kinds: readonly JsonKind[]): Fragment => {
  if (operand.kind === 'key') return kinds.includes('string') ? sql`true` : sql`false`
  const type = sql`jsonb_typeof(${jsonOf(operand, sql`${alias}.`)})`
  return joined(
    'or',
    kinds.map(kind => sql`${type} = '${word(kind)}'`),
  )
}

const kindsOf = (domain: Domain): readonly JsonKind[] => {
  switch (domain) {
    case 'text':
    case 'plain':
      return ['string']
    case 'number':
    case 'boolean':
      return [domain]
    case 'choice':
      return ['number', 'string']
    case 'choices':
    case 'document':
      return ['array']
  }
}

const probeSql = (operand: Operand, alias: Fragment, probe: Probe): Fragment => {
  const domain = domainOf(operand)
  if (domain === 'document') return sql`false`
  const owner = sql`${alias}.`
  const value = comparable(operand, owner)
  const isText = domain === 'text' || domain === 'plain'
  const typed = isOfType(operand, alias, ...kindsOf(domain))
  const both = (fragment: Fragment): Fragment => (operand.kind === 'key' ? fragment : joined('and', [fragment, typed]))
  switch (probe.test) {
    case 'present':
      return typed
    case 'equal':
      return both(isText ? sql`${value} = ${asText(probe.to)}::text` : sql`${value} = ${asJson(probe.to)}::jsonb`)
    case 'among':
      return both(
        isText
          ? sql`${value} = any(${probe.values.map(String)}::text[])`
          : sql`${value} = any(${probe.values.map(each => JSON.stringify(each))}::jsonb[])`,
      )
    case 'range': {
      const { low, high } = probe
      const bounds = [
        ...(low === undefined ? [] : [{ bound: low.value, by: low.open ? sql`>` : sql`>=` }]),
        ...(high === undefined ? [] : [{ bound: high.value, by: high.open ? sql`<` : sql`<=` }]),
      ]
      return joined(
        'and',
        bounds.flatMap(({ bound, by }) =>
          typeof bound === 'number'
            ? [sql`${jsonOf(operand, owner)} ${by} ${asJson(bound)}::jsonb`, isOfType(operand, alias, 'number')]
            : [
                sql`${isText ? value : textOf(operand, owner)} ${by} ${bound}::text`,
                isOfType(operand, alias, 'string'),
              ],
        ),
      )
    }
    case 'like': {
      const prefix = prefixOf(probe.pattern)
      const after = afterPrefix(prefix)
      return both(
        joined('and', [
          ...(prefix === '' ? [] : [sql`${value} >= ${prefix}::text`]),
          ...(after === undefined ? [] : [sql`${value} < ${after}::text`]),
          hasClass(probe.pattern)
            ? sql`${value} ~ ${regexText(probe.pattern)}::text`
            : sql`${value} like ${likeText(probe.pattern)}::text escape '!'`,
        ]),
      )
    }
    case 'holds':
      return both(sql`${value} @> any(${probe.values.map(each => JSON.stringify(each))}::jsonb[])`)
  }
}

const asText = (value: Scalar | undefined): string | null => (value === undefined ? null : String(value))
const asJson = (value: Scalar | undefined): string | null => (value === undefined ? null : JSON.stringify(value))
