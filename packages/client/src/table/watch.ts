import { fieldsToRow, type PlainRow } from '@rejoin/profile'
import { createDerived, type Observable } from '../observe/observable.ts'
import { kept } from '../observe/same.ts'
import { keyOf } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { tableNamed } from './saving.ts'

/** One record that stays true: told when it says something else, has come or is gone. The same words, the same object. */
export interface LiveRecord<R> extends Observable<R | undefined> {
  /** not told any more; `current` stays as it is */
  close(): void
}

export const createLiveRecord = (
  { replica, report }: { readonly replica: Reading; readonly report: (error: unknown) => void },
  table: string,
  id: string,
): LiveRecord<PlainRow> => {
  const key = keyOf({ table, id })
  const derived = createDerived<PlainRow | undefined>(before => kept(before, readRow(replica, table, id)), report)
  const close = replica.touched.subscribe(({ records, tables, state }) => {
    if (state || tables.has(table) || records.has(key)) derived.stale()
  })
  return {
    get current() {
      return derived.current
    },
    subscribe: derived.subscribe,
    close,
  }
}

/** The record as its user sees it. @throws RejoinFault for a table that is not granted */
export const readRow = (replica: Reading, table: string, id: string): PlainRow | undefined => {
  if (replica.grant === undefined) return undefined
  const known = tableNamed(replica.present, table)
  const content = replica.view(keyOf({ table, id }))
  return content === undefined ? undefined : fieldsToRow(known, id, content.fields)
}
