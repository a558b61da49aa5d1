import {
  type Depth,
  type DownloadFilter,
  explainFilter,
  type Fields,
  type Reach,
  type Reason,
  type Scope,
  type Table,
  type TableScope,
} from '@rejoin/profile'
import { gatherLinked, unlinked } from '../live/linked.ts'
import type { Neighbours, Row } from '../live/neighbours.ts'
import { lookupIn, operandFor } from '../live/side.ts'

/**
 * How one scope stands to one row: whether it holds it, and by what. The same question as membership, asked of a single
 * row and its neighbours, so that the answer can say its reasons:
 *
 *     work order W1  <- booking B7 by booking_workorder  <- its item's filter: ownerid eq-userid
 */
export type Standing = Held | NotHeld

export type Held =
  /** the item's own filter selects it */
  | { readonly held: true; readonly why: 'selected'; readonly by: Selection }
  /** a chosen relationship brings it from a row that is held */
  | { readonly held: true; readonly why: 'brought'; readonly relationship: string; readonly from: Place & { readonly standing: Held } } // prettier-ignore

export type NotHeld =
  | { readonly held: false; readonly why: 'table-not-in-profile' }
  /** no role of the user opens the table */
  | { readonly held: false; readonly why: 'no-read-right' }
  | { readonly held: false; readonly why: 'no-such-record' }
  /** the read right goes only as far as `depth`, and the record is neither within it nor shared */
  | ({ readonly held: false; readonly why: 'out-of-reach'; readonly depth: Depth } & Owned)
  /** neither the item's filter selects it nor anything held brings it */
  | { readonly held: false; readonly why: 'not-selected'; readonly by: Selection; readonly near: readonly Near[] }

/** What the item's own filter says of a row. */
export type Selection =
  | { readonly kind: 'all' | 'related' }
  | ({ readonly kind: 'other'; readonly asks: readonly ('mine' | 'teams' | 'unit')[] } & Owned)
  | { readonly kind: 'custom'; readonly reason: Reason }

interface Owned {
  readonly owner?: string
  readonly unit?: string
}

export interface Place {
  readonly table: string
  readonly id: string
  /** its primary name */
  readonly name?: string
}

/** A chosen relationship that brings nothing, with the nearest rows that would if they were held. */
export interface Near {
  readonly relationship: string
  readonly table: string
  /** how many rows of the table would bring it */
  readonly rows: number
  readonly nearest: readonly (Place & { readonly standing: NotHeld })[]
}

const MOST_NEAR = 3

export interface Standings {
  of(table: string, id: string): Promise<Standing>
}

/** @throws TooFar where it hangs on more rows than are followed one by one */
export const createStandings = (scope: Scope, neighbours: Neighbours): Standings => {
  const { schema } = scope
  const known = new Map<string, Promise<Standing>>()

  const of = (table: string, id: string): Promise<Standing> => {
    const name = `${table}/${id}`
    const found = known.get(name) ?? find(table, id)
    known.set(name, found)
    return found
  }

  const find = async (name: string, id: string): Promise<Standing> => {
    const part = scope.tables.get(name)
    if (part === undefined) return { held: false, why: isItem(scope, name) ? 'no-read-right' : 'table-not-in-profile' }
    const table = schema.tables.get(name)!
    const row = await neighbours.row(name, id)
    if (row === undefined) return { held: false, why: 'no-such-record' }
    if (!part.reads(row.fields, row.id)) {
      return { held: false, why: 'out-of-reach', depth: part.readDepth, ...ownedBy(table, row) }
    }
    const { selects, by } = await selection(part, table, row)
    if (selects) return { held: true, why: 'selected', by }
    const near: Near[] = []
    for (const reach of part.reaches) {
      const source = schema.tables.get(reach.by)!
      const rows = await bringing(table, source, reach, row)
      const nearest: Near['nearest'][number][] = []
      for (const each of rows) {
        const from = placeOf(source, each)
        const standing = await of(reach.by, each.id)
        if (standing.held) {
          return { held: true, why: 'brought', relationship: reach.relationship, from: { ...from, standing } }
        }
        if (nearest.length < MOST_NEAR) nearest.push({ ...from, standing })
      }
      near.push({ relationship: reach.relationship, table: reach.by, rows: rows.length, nearest })
    }
    return { held: false, why: 'not-selected', by, near }
  }

  const selection = async (part: TableScope, table: Table, row: Row): Promise<{ selects: boolean; by: Selection }> => {
    const { filter } = part
    if (filter.kind !== 'custom') {
      return { selects: part.selects(row.fields, row.id), by: plainSelection(filter, table, row) }
    }
    const linked = part.alone ? unlinked : await gatherLinked(schema, table, filter.where, row, neighbours)
    const reason = explainFilter(schema, table.name, filter.where, scope, row, linked)
    return { selects: reason.holds, by: { kind: 'custom', reason } }
  }

  /** Live rows that bring this one, if they are held. */
  const bringing = async (table: Table, source: Table, reach: Reach, row: Row): Promise<readonly Row[]> => {
    if (reach.side === 'one') return neighbours.where(source, operandFor(source, reach), row.id)
    const id = lookupIn(table, reach, row)
    const found = id === undefined ? undefined : await neighbours.row(source.name, id)
    return found === undefined ? [] : [found]
  }

  return { of }
}

const isItem = ({ profile, schema }: Scope, table: string): boolean =>
  schema.tables.has(table) && profile?.items.some(item => item.table === table) === true

const plainSelection = (filter: Exclude<DownloadFilter, { kind: 'custom' }>, table: Table, row: Row): Selection => {
  if (filter.kind !== 'other') return { kind: filter.kind }
  const asks = (['mine', 'teams', 'unit'] as const).filter(whose => filter[whose] === true)
  return { kind: 'other', asks, ...ownedBy(table, row) }
}

const ownedBy = ({ ownerId, unitId }: Table, { fields }: Row): Owned => {
  const [owner, unit] = [textOf(fields, ownerId), textOf(fields, unitId)]
  return { ...(owner === undefined ? {} : { owner }), ...(unit === undefined ? {} : { unit }) }
}

const placeOf = (table: Table, { id, fields }: Row): Place => {
  const name = textOf(fields, table.byName.get(table.primaryName)?.id)
  return { table: table.name, id, ...(name === undefined ? {} : { name }) }
}

const textOf = (fields: Fields, column: string | undefined): string | undefined => {
  const value = column === undefined ? undefined : fields[column]
  return typeof value === 'string' ? value : undefined
}
