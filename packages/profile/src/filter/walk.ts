import { type Condition, type Filter, type Link } from './filter.ts'
import { asksTheClock, asksThePerson } from './probe.ts'

/** Every condition and link of a checked filter with the table whose rows it looks at. */
export const visitFilter = (
  table: string,
  filter: Filter,
  visit: (table: string, part: Condition | Link) => void,
): void => {
  if ('all' in filter || 'any' in filter) {
    for (const member of 'all' in filter ? filter.all : filter.any) visitFilter(table, member, visit)
    return
  }
  visit(table, filter)
  if ('link' in filter && filter.where !== undefined) visitFilter(filter.table, filter.where, visit)
}

/** Table by table the names of the columns a filter compares; a linked table is there though nothing of it is asked. */
export const columnsIn = (table: string, filter: Filter): ReadonlyMap<string, ReadonlySet<string>> => {
  const columns = new Map<string, Set<string>>()
  const note = (of: string, column: string): void => {
    columns.set(of, (columns.get(of) ?? new Set()).add(column))
  }
  visitFilter(table, filter, (of, part) => {
    if (!('link' in part)) return note(of, part.column)
    note(of, part.to)
    note(part.table, part.from)
  })
  return columns
}

/** What besides the row decides: a filter that asks nothing further is evaluated once for everybody and for ever. */
export interface Dependence {
  /** relative dates: the same row leaves or enters as time passes */
  readonly clock: boolean
  /** operators of the signed-in user, or days, which begin in the user's time zone */
  readonly person: boolean
  /** the tables of its links */
  readonly tables: ReadonlySet<string>
}

export const dependenceOf = (table: string, filter: Filter): Dependence => {
  let clock = false
  let person = false
  const tables = new Set<string>()
  visitFilter(table, filter, (_, part) => {
    if ('link' in part) {
      tables.add(part.table)
      return
    }
    clock ||= asksTheClock(part)
    person ||= asksThePerson(part) || asksTheClock(part) || part.op.startsWith('on')
  })
  return { clock, person, tables }
}
