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
 *
 * An index takes no entry above 2,704 bytes, and a row with a longer one could not be written, so none holds more than a
 * BEGINNING, whatever the row has. Text is searched by its beginning and compared whole beside it. Ids, dates and times
 * are shorter: whose beginning equals one of them equals it. Of numbers and choices an index holds no row with anything
 * else, which may be long: text of a column that has changed its type.
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
    id: (operand, alias) => plainOf(operand, sql`${word(alias)}.`),
    selectedId: (operand, alias) => plainOf(operand, sql`${word(alias)}.`),
    isId: (operand, alias) => isOfType(operand, sql`${word(alias)}.`, 'string'),
    createIndex: (table, operand) => {
      const value = sql`(${indexed(operand, sql``)})`
      const columns = env === undefined ? value : sql`env, ${value}`
      const name = word(indexName(table, operand, 'beginning 400'))
      const where = joined('and', [sql`tbl = '${word(table)}'`, ...fitting(operand, sql``)])
      return sql`create index if not exists "${name}" on ${record} (${columns}) where ${where}`
    },
  }
}

/** What the `folded` column holds beside the fields: all their text, folded. */
export const foldedFields = (fields: Fields): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([id, value]) => (typeof value === 'string' ? [[id, fold(value)]] : [])),
  )

/** Characters of at most four bytes, so 1,600 bytes; more than an id, a date or a choice has, or a number in digits. */
const BEGINNING = sql`400`

const beginningOf = (text: Fragment): Fragment => sql`(left(${text}, ${BEGINNING}) collate "C")`

const jsonOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? sql`to_jsonb(${owner}id)` : sql`(${owner}fields -> '${word(operand.column.id)}')`

const textOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? sql`${owner}id` : sql`((${owner}fields ->> '${word(operand.column.id)}') collate "C")`

const plainOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? textOf(operand, owner) : beginningOf(sql`${owner}fields ->> '${word(operand.column.id)}'`)

const foldedOf = (operand: Operand, owner: Fragment): Fragment =>
  operand.kind === 'key' ? textOf(operand, owner) : sql`((${owner}folded ->> '${word(operand.column.id)}') collate "C")`

/** The value in the form in which it compares. */
const comparable = (operand: Operand, owner: Fragment): Fragment => {
  const domain = domainOf(operand)
  if (domain === 'text') return foldedOf(operand, owner)
  return domain === 'plain' ? plainOf(operand, owner) : jsonOf(operand, owner)
}

/** What an index of it holds. */
const indexed = (operand: Operand, owner: Fragment): Fragment => {
  const value = comparable(operand, owner)
  return domainOf(operand) === 'text' ? beginningOf(value) : value
}

/** Of which rows, beside those of the table; what is searched by the index says so too. */
const fitting = (operand: Operand, owner: Fragment): Fragment[] => {
  switch (domainOf(operand)) {
    case 'number':
    case 'boolean':
      return [isOfType(operand, owner, ...kindsOf(domainOf(operand)))]
    case 'choice':
      return [sql`length(${textOf(operand, owner)}) <= ${BEGINNING}`]
    default:
      return []
  }
}

type JsonKind = 'string' | 'number' | 'boolean' | 'array'

const isOfType = (operand: Operand, owner: Fragment, ...kinds: readonly JsonKind[]): Fragment => {
  if (operand.kind === 'key') return kinds.includes('string') ? sql`true` : sql`false`
  const type = sql`jsonb_typeof(${jsonOf(operand, owner)})`
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
  const entry = indexed(operand, owner)
  const typed = isOfType(operand, owner, ...kindsOf(domain))
  const short = domain === 'choice' ? fitting(operand, owner) : []
  const both = (...found: readonly Fragment[]): Fragment =>
    joined('and', operand.kind === 'key' ? found : [...found, typed])
  switch (probe.test) {
    case 'present':
      return typed
    case 'equal': {
      if (domain === 'text')
        return both(
          sql`${entry} = ${beginningOf(sql`${asText(probe.to)}::text`)}`,
          sql`${value} = ${asText(probe.to)}::text`,
        )
      if (domain === 'plain') return both(sql`${value} = ${asText(probe.to)}::text`)
      return both(sql`${value} = ${asJson(probe.to)}::jsonb`, ...short)
    }
    case 'among': {
      const texts = probe.values.map(String)
      if (domain === 'text')
        return both(
          sql`${entry} = any(array(select ${beginningOf(sql`e`)} from unnest(${texts}::text[]) as e))`,
          sql`${value} = any(${texts}::text[])`,
        )
      if (domain === 'plain') return both(sql`${value} = any(${texts}::text[])`)
      const values = probe.values.map(each => JSON.stringify(each))
      return both(sql`${value} = any(${values}::jsonb[])`, ...short)
    }
    case 'range': {
      const { low, high } = probe
      const bounds = [
        ...(low === undefined ? [] : [{ bound: low.value, by: low.open ? sql`>` : sql`>=`, from: true }]),
        ...(high === undefined ? [] : [{ bound: high.value, by: high.open ? sql`<` : sql`<=`, from: false }]),
      ]
      return joined(
        'and',
        bounds.flatMap(({ bound, by, from }) => {
          if (typeof bound === 'number')
            return [
              sql`${jsonOf(operand, owner)} ${by} ${asJson(bound)}::jsonb`,
              isOfType(operand, owner, 'number'),
              ...short,
            ]
          return [
            ...(domain === 'text' ? [from ? startsFrom(entry, bound) : sql`${entry} ${by} ${bound}::text`] : []),
            sql`${domain === 'choice' ? textOf(operand, owner) : value} ${by} ${bound}::text`,
            isOfType(operand, owner, 'string'),
          ]
        }),
      )
    }
    case 'like': {
      const prefix = prefixOf(probe.pattern)
      const after = afterPrefix(prefix)
      return both(
        ...(prefix === '' ? [] : [startsFrom(entry, prefix)]),
        ...(after === undefined ? [] : [sql`${entry} < ${after}::text`]),
        hasClass(probe.pattern)
          ? sql`${value} ~ ${regexText(probe.pattern)}::text`
          : sql`${value} like ${likeText(probe.pattern)}::text escape '!'`,
      )
    }
    case 'holds':
      return both(sql`${value} @> any(${probe.values.map(each => JSON.stringify(each))}::jsonb[])`)
  }
}

/**
 * Of every text from the bound on: their order is that of their beginnings, but those of two texts may be one. Below a
 * bound the bound itself will do, as the beginning of a text is never after the text.
 */
const startsFrom = (entry: Fragment, bound: string): Fragment => sql`${entry} >= ${beginningOf(sql`${bound}::text`)}`

const asText = (value: Scalar | undefined): string | null => (value === undefined ? null : String(value))
const asJson = (value: Scalar | undefined): string | null => (value === undefined ? null : JSON.stringify(value))
