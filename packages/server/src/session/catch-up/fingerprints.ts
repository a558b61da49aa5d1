import {
  addRow,
  emptyFingerprint,
  fingerprintText,
  type Position,
  type RowState,
  type Synced,
  type TableScope,
} from '@rejoin/profile'
import type { View } from '../../storage/storage.ts'
import { eachRow } from '../each-row.ts'
import type { CatchUp } from './run.ts'

/** Of tables that are held whole: the same for all who hold the same columns, until the next revision. */
export type Fingerprints = Map<string, { readonly at: Position; readonly sum: Synced['tables'][number] }>

/** @param rows that the scope holds; undefined where it holds all of the table */
export const fingerprintOf = async (
  { fingerprints, pause }: CatchUp,
  view: View,
  { table, columnSet }: TableScope,
  rows: readonly RowState[] | undefined,
): Promise<Synced['tables'][number]> => {
  const name = `${table} ${columnSet}`
  const known = rows === undefined ? fingerprints.get(name) : undefined
  if (known?.at.rev === view.head.rev && known.at.commit === view.head.commit) return known.sum
  const sum = emptyFingerprint()
  const add = (row: RowState): void => addRow(sum, row, columnSet)
  if (rows === undefined) await eachRow(view, table, { visit: add, pause })
  else rows.forEach(add)
  const found = { table, rows: sum.rows, fingerprint: fingerprintText(sum) }
  if (rows === undefined) fingerprints.set(name, { at: view.head, sum: found })
  return found
}
