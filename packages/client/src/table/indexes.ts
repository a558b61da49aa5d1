import {
  type Comparable,
  type Content,
  comparableOf,
  operandOf,
  type Rows,
  type Seek,
  type Sought,
  type Table,
  valueIn,
  wantedOf,
} from '@rejoin/profile'
import { schemaOf } from '../replica/grant.ts'
import { keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { type ColumnIndex, createColumnIndex, type Finding } from './column-index.ts'

/**
 * What a device's tables are looked up by: an index of a column is made when it is first asked for, from that column
 * alone, kept up record by record, and made anew where so much has changed at once that nobody says what. All queries,
 * links, counts and includes of a device share them.
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

  /** @param along columns that will be asked for too: what is missing of them is made in one go */
  const by = (table: string, name: string, along: Iterable<string> = []): ColumnIndex => {
    const prefix = keyOf({ table, id: '' })
    const of = tables.get(prefix) ?? { columns: new Map<string, ColumnIndex>(), changed: new Set<string>() }
    tables.set(prefix, of)
    for (const key of of.changed) for (const index of of.columns.values()) index.changed(key.slice(prefix.length))
    of.changed.clear()
    if (!of.columns.has(name)) make(table, [...new Set([name, ...along])], of.columns)
    return of.columns.get(name)!
  }

  const make = (table: string, names: readonly string[], columns: Map<string, ColumnIndex>): void => {
    const known = tableOf(table)
    const making = names
      .filter(name => !columns.has(name))
      .map(name => {
        const operand = operandOf(known, name)!
        const comparable = comparableOf(operand)
        const wanted = operand.kind === 'column' ? [operand.column.id] : []
        const valueFrom = (id: string, { fields }: Content): Comparable => comparable(valueIn(operand, fields, id))
        const index = createColumnIndex(id => {
          const content = replica.listed(keyOf({ table, id }), wantedOf(wanted))
          return content === undefined ? undefined : { value: valueFrom(id, content) }
        })
        return { name, index, wanted, valueFrom }
      })
    const visit = (id: string, content: Content): void => {
      for (const { index, valueFrom } of making) index.add(id, valueFrom(id, content))
    }
    replica.each(table, visit, wantedOf(making.flatMap(({ wanted }) => wanted)))
    for (const { name, index } of making) columns.set(name, index)
  }

  const isKey = (table: string, column: string): boolean => tableOf(table).primaryKey === column

  const holders = (table: string, column: string, id: string): Iterable<string> =>
    isKey(table, column) ? [id] : by(table, column).find({ test: 'equal', to: id }).ids()

  const found = (table: string, seek: Seek, along: ReadonlySet<string>): Finding => {
    if ('any' in seek) return together(seek.any.map(part => found(table, part, along)))
    if ('all' in seek) {
      let least: Finding | undefined
      for (const part of seek.all.toSorted((a, b) => Number(isWide(a)) - Number(isWide(b)))) {
        const each = found(table, part, along)
        if (least === undefined || each.size < least.size) least = each
        if (least.size <= FEW) break
      }
      return least!
    }
    const { column, sought } = seek
    if (!isKey(table, column)) return by(table, column, along).find(sought)
    const named = idsIn(sought)
    return { size: named.length, ids: () => named }
  }

  return {
    ids: (table, seek) => {
      const asked = new Set([...columnsOf(seek)].filter(column => !isKey(table, column)))
      return found(table, seek, asked).ids()
    },
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

/** Records that are looked at sooner than another column is asked for fewer. */
const FEW = 100

/** Where a value is named too, it leads to fewer records mostly, and without going through values. */
const isWide = (seek: Seek): boolean =>
  'sought' in seek && (seek.sought.test === 'range' || seek.sought.test === 'tested')

const together = (parts: readonly Finding[]): Finding =>
  parts.length === 1
    ? parts[0]!
    : {
        size: parts.reduce((sum, { size }) => sum + size, 0),
        ids: () => new Set(parts.flatMap(({ ids }) => [...ids()])),
      }

const columnsOf = (seek: Seek): ReadonlySet<string> =>
  'column' in seek
    ? new Set([seek.column])
    : new Set(('all' in seek ? seek.all : seek.any).flatMap(part => [...columnsOf(part)]))

/** Ids are asked for by name, or not at all (`seekIn`). */
const idsIn = (sought: Sought): readonly string[] => {
  const values = sought.test === 'equal' ? [sought.to] : sought.test === 'among' ? [...new Set(sought.values)] : []
  return values.filter(value => typeof value === 'string')
}
