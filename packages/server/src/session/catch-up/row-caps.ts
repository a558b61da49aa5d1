import type { RowCaps } from '../../environment/environment.ts'

/** Rows a device may hold where nothing else is set. */
export const MOST_ROWS = 1_000_000

/** The scope has more rows than a device may hold: said before any of them is sent (FS7). */
export class TooManyRows extends Error {}

/** @throws TooManyRows that names the table and the count */
export const checkRowCaps = (counts: ReadonlyMap<string, number>, { all = MOST_ROWS, tables = {} }: RowCaps): void => {
  for (const [table, rows] of counts) {
    const most = tables[table]
    if (most !== undefined && rows > most) throw new TooManyRows(`table ${table} has ${rows} records for this device, of ${most} it may hold`) // prettier-ignore
  }
  const total = [...counts.values()].reduce((sum, rows) => sum + rows, 0)
  if (total <= all) return
  const [table, rows] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))
  throw new TooManyRows(
    `the profile selects ${total} records for this device, of ${all} it may hold; most are of table ${table} (${rows})`,
  )
}
