import { comparableOf, operandOf, type Rows, type Seek, type Sought, type Table, valueIn } from '@rejoin/profile'
import { schemaOf } from '../replica/grant.ts'
import { keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { type ColumnIndex, indexColumn } from './column-index.ts'

/**
 * What a device's tables are looked up by: an index of a column is made when it is first asked for, kept up record by
 * record, and made anew where so much has changed at once that nobody says what. All queries of a device share them.
 */
export interface Indexes {
  /** ids of records that lists have, among them every one that is sought */
  ids(table: string, seek: Seek): Iterable<string>
  /** ids of records whose column holds this id; of a primary key, the id itself, whether it is there or not */
  holders(table: string, column: string, id: string): Iterable<string>
  /** ids the record's column holds, and held before it changed last */
  around(table: string, column: string, id: string): readonly string[]
  /** what links of filters ask */
  readonly rows: Rows
}

export const createIndexes = (replica: Reading): Indexes => {
  /** by the beginning of the keys of their records */
  const tables = new Map<string, Indexed>()

  // Heard before any query is, which is made later than this. Every change comes by here: it is noted, no more.
  replica.touched.subscribe(touched => {
    if (tables.size === 0) return
    if (touched.state) tables.clear()
    for (const table of touched.tables) tables.delete(keyOf({ table, id: '' }))
    for (const [prefix, { changed }] of tables)
      for (const key of touched.records) if (key.startsWith(prefix)) changed.add(key)
  })

  const tableOf = (name: string): Table => schemaOf(replica.grant!).tables.get(name)!

  const by = (table: string, name: string): ColumnIndex => {
    const prefix = keyOf({ table, id: '' })
    const of = tables.get(prefix) ?? { columns: new Map<string, ColumnIndex>(), changed: new Set<string>() }
    tables.set(prefix, of)
    for (const key of of.changed) for (const index of of.columns.values()) index.changed(key.slice(prefix.length))
    of.changed.clear()
    const index = of.columns.get(name) ?? make(table, name)
    of.columns.set(name, index)
    return index
  }

  const make = (table: string, name: string): ColumnIndex => {
    const operand = operandOf(tableOf(table), name)!
    const comparable = comparableOf(operand)
    return indexColumn({
      each: visit => replica.each(table, (id, { fields }) => visit(id, comparable(valueIn(operand, fields, id)))),
      valueOf: id => {
        const content = replica.listed(keyOf({ table, id }))
        return content === undefined ? undefined : { value: comparable(valueIn(operand, content.fields, id)) }
      },
    })
  }

  const isKey = (table: string, column: string): boolean => tableOf(table).primaryKey === column

  const holders = (table: string, column: string, id: string): Iterable<string> =>
    isKey(table, column) ? [id] : by(table, column).ids({ test: 'equal', to: id })

  const found = (table: string, seek: Seek): Found => {
    if ('any' in seek) {
      const parts = seek.any.map(part => found(table, part))
      return {
        size: parts.reduce((sum, { size }) => sum + size, 0),
        ids: () => (parts.length === 1 ? parts[0]!.ids() : new Set(parts.flatMap(({ ids }) => [...ids()]))),
      }
    }
    if ('all' in seek) {
      const exact = seek.all.filter(part => !isRange(part))
      const parts = (exact.length > 0 ? exact : seek.all).map(part => found(table, part))
      return parts.reduce((least, part) => (part.size < least.size ? part : least))
    }
    const { column, sought } = seek
    if (isKey(table, column) && sought.test !== 'range') {
      const named = idsIn(sought)
      return { size: named.length, ids: () => named }
    }
    const index = by(table, column)
    return { size: index.size(sought), ids: () => index.ids(sought) }
  }

  return {
    ids: (table, seek) => found(table, seek).ids(),
    holders,
    around: (table, column, id) =>
      isKey(table, column)
        ? [id]
        : by(table, column)
            .around(id)
            .filter(value => typeof value === 'string'),
    rows: {
      where: function* (table, column, id) {
        for (const each of holders(table, column, id)) {
          const content = replica.listed(keyOf({ table, id: each }))
          if (content !== undefined) yield { id: each, fields: content.fields }
        }
      },
    },
  }
}

interface Indexed {
  readonly columns: Map<string, ColumnIndex>
  /** keys of records the indexes do not know of yet */
  readonly changed: Set<string>
}

interface Found {
  readonly size: number
  readonly ids: () => Iterable<string>
}

/** Where a value is named too, an index of an order is not worth making. */
const isRange = (seek: Seek): boolean => 'sought' in seek && seek.sought.test === 'range'

const idsIn = (sought: Exclude<Sought, { test: 'range' }>): readonly string[] => {
  if (sought.test === 'absent') return []
  const values = sought.test === 'equal' ? [sought.to] : [...new Set(sought.values)]
  return values.filter(value => typeof value === 'string')
}
