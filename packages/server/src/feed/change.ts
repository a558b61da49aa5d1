import { type Fields, fieldsToRow, type PlainRow, type Position, unpackEnvelope } from '@rejoin/profile'
import type { StoredEdit, StoredRecord, View } from '../storage/storage.ts'
import type { Followed } from './allowed.ts'

/**
 * A record as a follower hears of it: its newest state, at the revision that made it so. `rev` with `commit` is the
 * cursor behind it.
 */
export interface FeedChange extends Position {
  readonly table: string
  readonly id: string
  /**
   * What that newest revision was. A record that was created and changed again before it is told comes as an update:
   * take both as "put". After `delete` it may come back; after `purge` only its tombstone is left.
   */
  readonly kind: 'create' | 'update' | 'delete' | 'purge'
  /** by column name, the primary key among them, null where there is no value; absent once it is deleted */
  readonly values?: PlainRow
  /** by column name, the revision that last changed it; columns as they were at the record's first revision are absent */
  readonly changed: Readonly<Record<string, number>>
  /** the edit that made it what it is and who made it, where that is known (imported rows have none) */
  readonly edit?: string
  readonly author?: string
  readonly device?: string
  /** relay time, ms since 1970 */
  readonly at?: number
}

/** Rows of these tables, told. @throws ByteFault where a stored record is damaged: nothing is passed over in silence */
export const changesOf = async (
  view: View,
  rows: readonly StoredRecord[],
  tables: ReadonlyMap<string, Followed>,
): Promise<FeedChange[]> => {
  const opened = rows.map(row => ({ row, confirmed: row.purged ? undefined : unpackEnvelope(row.envelope) }))
  const last = opened.flatMap(({ confirmed }) => confirmed?.recent.at(-1)?.edit ?? [])
  const edits = new Map((await view.edits(last)).map(edit => [edit.edit, edit]))
  return Promise.all(
    opened.map(async ({ row, confirmed }): Promise<FeedChange> => {
      const { table, id, rev } = row
      const place = { rev, table, id }
      if (confirmed === undefined) return { ...place, commit: (await view.commitOf(rev))!, kind: 'purge', changed: {} }
      const followed = tables.get(table)!
      const { recent, changed } = confirmed
      const maker = recent.at(-1)?.rev === changed ? recent.at(-1) : undefined
      const first = recent.length === 1 && maker !== undefined && changed === rev
      return {
        ...place,
        commit: confirmed.commit,
        kind: row.deleted ? 'delete' : first ? 'create' : 'update',
        ...(row.deleted ? {} : { values: valuesOf(followed, id, JSON.parse(row.json) as Fields) }),
        changed: changedIn(followed, confirmed.columns),
        ...(maker === undefined ? {} : madeBy(maker, edits.get(maker.edit))),
      }
    }),
  )
}

const valuesOf = ({ table, columns }: Followed, id: string, fields: Fields): PlainRow => {
  const untold = new Set(table.columns.filter(column => !columns.has(column.id)).map(({ name }) => name))
  return Object.fromEntries(Object.entries(fieldsToRow(table, id, fields)).filter(([name]) => !untold.has(name)))
}

const changedIn = (
  { table, columns }: Followed,
  revs: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    table.columns.flatMap(({ id, name }) => (columns.has(id) && revs[id] !== undefined ? [[name, revs[id]]] : [])),
  )

const madeBy = (
  { edit, device }: { readonly edit: string; readonly device: string },
  stored: StoredEdit | undefined,
): Pick<FeedChange, 'edit' | 'author' | 'device' | 'at'> =>
  stored === undefined ? { edit, device } : { edit, device, author: stored.author, at: stored.received }
