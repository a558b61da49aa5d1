import { type ColumnTest, type Comparable, type Content, wantedOf } from '@rejoin/profile'
import type { Touched } from './draft.ts'
import { keyFrom } from './memory.ts'
import type { Reading } from './replica.ts'

/**
 * The records of a table by what they say in a column: made when a condition first asks for the column, from that column
 * alone, and kept up record by record. It never forgets what a record said before, so it tells where to look; who looks
 * asks the record itself. Where most of it is past, it is made anew.
 */
export interface Columns {
  /** ids among which is every record that passes all of these tests; undefined: any record may */
  among(table: string, tests: readonly ColumnTest[]): Iterable<string> | undefined
  moved(touched: Touched): void
}

interface Column {
  readonly test: ColumnTest
  /** as it was made; most values of some columns are of one record: then it is its id */
  readonly ids: ReadonlyMap<Comparable, string | readonly string[]>
  /** what records have said since */
  readonly since: Map<Comparable, Set<string>>
  /** ids in `since` */
  past: number
  /** records it was made of */
  readonly records: number
}

export const createColumns = (reading: Pick<Reading, 'each' | 'listed'>): Columns => {
  const tables = new Map<string, Map<string, Column>>()

  const made = (table: string, tests: readonly ColumnTest[]): void => {
    const known = tables.get(table) ?? new Map<string, Column>()
    const missing = new Map(tests.filter(test => !known.has(nameOf(test))).map(test => [nameOf(test), test]))
    if (missing.size === 0) return
    const making = [...missing.values()].map(test => ({ test, ids: new Map<Comparable, string | string[]>() }))
    let records = 0
    const visit = (id: string, { fields }: Content): void => {
      records++
      for (const { test, ids } of making) add(ids, id, test.comparable(fields, id))
    }
    reading.each(table, visit, wantedOf(missing.keys()))
    for (const each of making) known.set(nameOf(each.test), { ...each, since: new Map(), past: 0, records })
    tables.set(table, known)
  }

  return {
    among: (table, tests) => {
      const kept = tests.filter(isKept)
      if (kept.length === 0) return undefined
      made(table, kept)
      const found = kept.map(test => idsIn(tables.get(table)!.get(nameOf(test))!, test))
      return found
        .reduce((least, each) => (countOf(each) < countOf(least) ? each : least))
        .flatMap(each => (typeof each === 'string' ? [each] : [...each]))
    },
    moved: ({ records, tables: whole, state }) => {
      if (state) return tables.clear()
      for (const table of whole) tables.delete(table)
      if (tables.size === 0) return
      for (const key of records) {
        const { table, id } = keyFrom(key)
        const columns = tables.get(table)
        const content = columns === undefined ? undefined : reading.listed(key)
        if (columns === undefined || content === undefined) continue
        for (const [name, column] of columns) {
          note(column, id, column.test.comparable(content.fields, id))
          if (column.past > column.records / 2 + FEW) columns.delete(name)
        }
      }
    },
  }
}

/** Changes that are no reason to make a column anew, however few its records are. */
const FEW = 1_000

/** Of ids there is nothing to keep, lists and patterns are no question to whole values. */
const isKept = ({ operand, patterned }: ColumnTest): boolean => !patterned && operand.kind === 'column' && operand.column.type !== 'choices' // prettier-ignore

const nameOf = ({ operand }: ColumnTest): string => (operand.kind === 'column' ? operand.column.id : '')

const add = (ids: Map<Comparable, string | string[]>, id: string, value: Comparable): void => {
  const there = ids.get(value)
  if (there === undefined) ids.set(value, id)
  else if (typeof there === 'string') ids.set(value, [there, id])
  else there.push(id)
}

const note = (column: Column, id: string, value: Comparable): void => {
  const there = column.since.get(value)
  if (there?.has(id) === true) return
  if (there === undefined) column.since.set(value, new Set([id]))
  else there.add(id)
  column.past++
}

type Ids = string | readonly string[] | ReadonlySet<string>

const idsIn = ({ ids, since }: Column, { among, holds }: ColumnTest): Ids[] => {
  if (among !== undefined) return among.flatMap(value => [ids.get(value) ?? [], since.get(value) ?? []])
  const found: Ids[] = []
  for (const part of [ids, since]) for (const [value, there] of part) if (holds(value)) found.push(there)
  return found
}

const countOf = (found: readonly Ids[]): number =>
  found.reduce((sum, each) => sum + (typeof each === 'string' ? 1 : 'size' in each ? each.size : each.length), 0)
