import { byCodePoint, encodeDown, type Holding, type PackedRow, packRows, type Position, type TableScope } from '@rejoin/profile' // prettier-ignore
import type { View } from '../../storage/storage.ts'
import type { CatchUp } from './run.ts'

/** What a device needs of a table: everything since a revision, after pages where it is not complete. */
export interface Need {
  readonly part: TableScope
  /** the revision the device's rows are of; deletions since are told */
  readonly from: number
  /** what has been sent: moves on */
  since: number
  readonly pages?: Pages
}

export interface Pages {
  readonly start: Position
  readonly after: string
  isBehind(id: string): boolean
  /** its rows are as they were at this revision, or later */
  sentAt?: number
}

export const needsOf = async (view: View, { scope, tables, holdings }: CatchUp): Promise<Need[]> => {
  const needs: Need[] = []
  for (const part of scope.tables.values()) {
    if (!tables.has(part.table)) continue
    const holding = holdings.find(({ table }) => table === part.table)
    needs.push(
      holding !== undefined && (await fits(view, holding, part)) ? needAfter(part, holding) : needAll(part, view.head),
    )
  }
  return needs
}

const needAll = (part: TableScope, start: Position): Need => needPages(part, start, '')

const needAfter = (part: TableScope, holding: Holding): Need => {
  if (holding.state === 'partial') return needPages(part, holding.start, holding.after)
  return { part, from: holding.at.rev, since: holding.at.rev }
}

const needPages = (part: TableScope, start: Position, after: string): Need => ({
  part,
  from: start.rev,
  since: start.rev,
  pages: { start, after, isBehind: id => byCodePoint(id, after) > 0 },
})

/** A position of another timeline, or rows of another column set, are worth nothing here. */
const fits = async (view: View, holding: Holding, part: TableScope): Promise<boolean> => {
  const { rev, commit } = holding.state === 'complete' ? holding.at : holding.start
  return holding.columnSet === part.columnSet && rev <= view.head.rev && (await view.commitOf(rev)) === commit
}

/** Whether the pages of this very session brought a row as it is. */
export const isPaged = ({ pages }: Need, { id, rev }: { readonly id: string; readonly rev: number }): boolean =>
  pages?.sentAt !== undefined && rev <= pages.sentAt && pages.isBehind(id)

export const sendPage = (run: CatchUp, { part, pages }: Need, rows: readonly PackedRow[], last: boolean): void => {
  if (pages === undefined || (rows.length === 0 && !last)) return
  run.sendCounted(
    encodeDown({
      type: 'page',
      table: part.table,
      start: pages.start,
      columnSet: part.columnSet,
      // where another try may go on: it names no row outside the scope (SE1)
      after: rows.at(-1)?.id ?? pages.after,
      last,
      rows: rows.length,
      packed: packRows(rows),
    }),
  )
}
