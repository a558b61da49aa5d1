import { createHash } from 'node:crypto'
import type { PlainRow } from '@rejoin/profile'

/**
 * What replicas must agree on, made without any code of the replicas: SHA-256 over canonical JSON of every row, its
 * values by column name in order (the primary key among them), nulls left out.
 */
export interface ContentRow {
  readonly table: string
  readonly values: PlainRow
}

export const contentHash = (rows: readonly ContentRow[]): string => {
  const hash = createHash('sha256')
  for (const line of rows.map(lineOf).toSorted()) hash.update(`${line}\n`)
  return hash.digest('hex').slice(0, 32)
}

const lineOf = ({ table, values }: ContentRow): string => {
  const columns = Object.entries(values).filter(([, value]) => value !== null)
  return JSON.stringify([table, columns.toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
