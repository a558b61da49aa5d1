import type { RowState } from '@rejoin/profile'
import type { View } from '../storage/storage.ts'

/** Rows looked at in one go. */
const STEP = 1_000

export interface EachRow {
  readonly visit: (row: RowState) => void
  /** lets others have their turn: storage may answer without ever giving one */
  readonly pause: () => Promise<void>
}

/** Every live row of a table that is held whole, without its bytes. */
export const eachRow = async (view: View, table: string, { visit, pause }: EachRow): Promise<void> => {
  for (let after = ''; ;) {
    const rows = await view.index(table, after, STEP)
    for (const row of rows) if (!row.deleted && !row.purged) visit(row)
    if (rows.length < STEP) return
    after = rows.at(-1)!.id
    await pause()
  }
}
