import type { Fields, RowState, TableScope } from '@rejoin/profile'
import type { StoredIndex, View } from '../storage/storage.ts'

/** Whether a stored row is in scope. Its fields are parsed only where somebody asks about them. */
export const isHeld = (row: StoredIndex, part: TableScope): boolean =>
  !row.deleted && !row.purged && (part.everything || part.holds(JSON.parse(row.json) as Fields, row.id))

/** Rows looked at in one go. */
const STEP = 1_000

export interface EachRow {
  readonly visit: (row: RowState) => void
  /** lets others have their turn: storage may answer without ever giving one */
  readonly pause: () => Promise<void>
  /** default: the first row */
  readonly after?: string
  /** told how many rows were looked at, held or not */
  readonly looked?: (rows: number) => void
}

/** Every row of a table that the scope holds, without its bytes. */
export const eachRow = async (view: View, part: TableScope, run: EachRow): Promise<void> => {
  let after = run.after ?? ''
  for (;;) {
    const rows = await view.index(part.table, after, STEP)
    for (const row of rows) if (isHeld(row, part)) run.visit(row)
    run.looked?.(rows.length)
    if (rows.length < STEP) return
    after = rows.at(-1)!.id
    await run.pause()
  }
}
