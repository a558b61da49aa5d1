import type { PlainRow } from '@rejoin/profile'
import type { Touched } from '../replica/draft.ts'
import type { Indexes } from './indexes.ts'
import { joinedTables, reached } from './joins.ts'
import { byTable, type Found, type Moving } from './matching.ts'
import type { Plan } from './plan.ts'
import type { ShownRow } from './query.ts'

/** The rows of a query with what they include, looked for again only where a record that is included has changed. */
export interface Included extends Moving {
  show(found: Found<Plan, unknown>, rows: readonly PlainRow[]): readonly ShownRow[]
}

export const createIncluded = (matching: Moving, indexes: Indexes): Included => {
  let from: Found<Plan, unknown> | undefined
  let shown: ReadonlyMap<string, { readonly row: PlainRow; readonly shown: ShownRow }> = new Map()
  let stale: Set<string> | 'all' = new Set()

  /** @returns whether an included record of a row that is shown may be another one */
  const moveIncluded = ({ records, tables, state }: Touched): boolean => {
    const include = from?.plan.include
    if (from === undefined || include === undefined || stale === 'all') return true
    if (state || [...joinedTables(include.joins)].some(table => tables.has(table))) {
      stale = 'all'
      return true
    }
    let touched = false
    for (const id of reached(indexes, from.table.name, include.joins, byTable(records))) {
      if (!shown.has(id)) continue
      stale.add(id)
      touched = true
    }
    return touched
  }

  return {
    show: (found, rows) => {
      const { include } = found.plan
      if (include === undefined) return rows
      const all = stale === 'all' || found.held !== from?.held
      const next = new Map<string, { readonly row: PlainRow; readonly shown: ShownRow }>()
      for (const row of rows) {
        const id = row[found.table.primaryKey] as string
        const known = shown.get(id)
        const fresh = known?.row === row && !all && stale !== 'all' && !stale.has(id)
        next.set(id, fresh ? known : { row, shown: include.show(row, known?.shown) })
      }
      from = found
      shown = next
      stale = new Set()
      return [...next.values()].map(each => each.shown)
    },
    move: touched => {
      const moved = matching.move(touched)
      return moveIncluded(touched) || moved
    },
    isOver: matching.isOver,
    get turns() {
      return matching.turns
    },
  }
}
