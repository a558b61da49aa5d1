import type { EditKind, PlainRow, Value } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { RejoinFault } from '../device/fault.ts'
import { schemaOf } from '../replica/grant.ts'
import { keyOf } from '../replica/memory.ts'
import { viewIn } from '../replica/recording.ts'
import type { Reading } from '../replica/replica.ts'
import { isLive } from '../replica/view.ts'
import type { OnlineTable } from './online.ts'

/** "Why did my value change?", as the relay knows it: one thing that made a record other than somebody had it (CF16). */
export interface WhyChange {
  /** the edit that did it, or that had no effect */
  readonly edit: string
  /** what the edit was */
  readonly kind: EditKind
  /** revision at which it was decided */
  readonly rev: number
  /** `lost`: the edit had no effect, and is the version given up */
  readonly status: 'applied' | 'lost'
  /** what settled it; absent where it met no conflict */
  readonly strategy?: string
  /** ms since 1970, the relay's clock */
  readonly at: number
  /** the device of the edit */
  readonly device: string
  /** whose version stands after it; absent where that is not known any more */
  readonly by?: { readonly id: string; readonly name: string }
  /** whose version was given up; absent where that is not known any more */
  readonly of?: { readonly id: string; readonly name: string }
  /** the record as it became; absent where it was deleted */
  readonly became?: PlainRow
  /** what was given up for it; absent where there was nothing, or a deleted record */
  readonly lost?: PlainRow
  /** names of the columns in which they differ, of one where one was asked about */
  readonly columns: readonly string[]
  /**
   * brings the values of these columns back that were given up, a record that is deleted whole: an edit like any other,
   * through the outbox. A record that this device does not hold is changed online
   * @throws RejoinFault `settled` where nothing was given up by it
   */
  restore(): Promise<void>
}

export interface WhyParts {
  readonly replica: Reading
  readonly act: (act: Act) => Promise<void>
  readonly table: (name: string) => OnlineTable
}

export const whyFrom = (
  said: readonly Omit<WhyChange, 'restore'>[],
  table: string,
  id: string,
  parts: WhyParts,
): readonly WhyChange[] => said.map(change => ({ ...change, restore: () => bringBack(change, table, id, parts) }))

const bringBack = async (
  { lost, columns }: Omit<WhyChange, 'restore'>,
  table: string,
  id: string,
  { replica, act, table: online }: WhyParts,
): Promise<void> => {
  if (lost === undefined) {
    const message = 'there was nothing before this that could be brought back'
    throw new RejoinFault({ code: 'settled', message, table, record: id })
  }
  // What he may not write, or names the record itself, would keep the rest from being written.
  const definition = replica.grant === undefined ? undefined : schemaOf(replica.grant).tables.get(table)
  const writable = replica.grant?.writable[table]
  const isHis = (column: string): boolean =>
    column !== definition?.primaryKey &&
    (writable === undefined || writable.includes(definition?.byName.get(column)?.id ?? column))
  const values = Object.fromEntries(columns.filter(isHis).map(column => [column, lost[column] ?? null]))
  if (isLive(viewIn(replica.present, keyOf({ table, id })))) {
    return act({ do: 'save', wishes: [{ kind: 'update', table, id, values }] })
  }
  const standing = await online(table).get(id)
  if (standing !== undefined) return void (await online(table).update(id, values))
  await act({ do: 'save', wishes: [{ kind: 'create', table, id, values: present(lost, isHis) }] })
}

const present = (row: PlainRow, isHis: (column: string) => boolean): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(row).filter(([column, value]) => value !== null && isHis(column)))
