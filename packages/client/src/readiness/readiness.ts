import type { Reading } from '../replica/replica.ts'
import { createWalk } from './walk.ts'

/** Whether records can be worked on without a network: they are here, with all that their profile relates to them. */
export type Readiness = { readonly complete: true } | { readonly complete: false; readonly missing: readonly Missing[] }

/** What is not here, and why. */
export interface Missing {
  /** name of the table whose rows are missing */
  readonly table: string
  /** where it is one record; otherwise something of the table is missing, and nobody here knows which records */
  readonly record?: string
  /** by which lookup column it is related, or which document it is; by name */
  readonly column?: string
  /** the record it is related to */
  readonly of?: { readonly table: string; readonly record: string }
  /** what keeps it from being here */
  readonly why: WhyMissing
}

/** Reasons for which something is not on a device; only some of them end by themselves. */
export type WhyMissing =
  /** the offline data of this device has expired (CA3) */
  | 'expired'
  /** it is still to come: its table has not been brought here since it became related, or not at all */
  | 'not-downloaded'
  /** the download of its table has begun and is not complete */
  | 'partial'
  /** it left the profile's selection */
  | 'left'
  | 'deleted'
  /** its user may not read it, or there is no such record */
  | 'unreadable'
  /** the profile does not bring it to this device: nothing it holds does */
  | 'outside'
  /** the lookup column is not on this device, so nobody here can tell what is related by it */
  | 'hidden'
  /** the text of a document column has not been fetched */
  | 'document'

export interface AskedReadiness {
  readonly table: string
  readonly ids: readonly string[]
  /** of all that a query selects, so that the table itself has to be complete */
  readonly whole: boolean
  /** `table/record/column` of each document whose text is here; undefined where the app keeps none */
  readonly documents: ReadonlySet<string> | undefined
}

export const readinessOf = (replica: Reading, { table, ids, whole, documents }: AskedReadiness): Readiness => {
  const { grant, memory } = replica
  const own = ids.length === 1 && !whole ? { table, record: ids[0]! } : { table }
  if (memory.meta.sealed === true) return { complete: false, missing: [{ ...own, why: 'expired' }] }
  if (grant === undefined) return { complete: false, missing: [{ ...own, why: 'not-downloaded' }] }
  const found = createWalk(replica, grant, documents)
  if (whole) found.table(table)
  for (const id of ids) found.visit({ table, id })
  // FS4: until the first sync has completed the app cannot be used offline, whatever is here.
  const named = new Set(found.missing().map(each => each.table))
  if (!memory.meta.ready) for (const each of grant.tables) if (!named.has(each.table)) found.table(each.table)
  const missing = found.missing()
  if (!memory.meta.ready && missing.length === 0) return { complete: false, missing: [{ ...own, why: 'partial' }] }
  return missing.length === 0 ? { complete: true } : { complete: false, missing }
}
