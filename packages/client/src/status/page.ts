import type { OutboxEntry } from '../outbox/outbox.ts'
import { columnSetOf, schemaOf } from '../replica/grant.ts'
import { keyFrom } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import type { FilesKept } from '../storage/port.ts'
import type { StorageStatus } from '../storage/watch.ts'
import { type Due, dueAt } from '../sync/schedule.ts'
import { choiceIn, timedIn } from '../sync/timed.ts'
import { pendingIn, type Seen } from './causes.ts'
import type { Failure } from './failure.ts'
import type { Pass } from './pass.ts'
import type { Pending, Status } from './status.ts'

/** Everything a status page shows (ST4). Times are ms since 1970. */
export interface StatusPage {
  /** the glance */
  readonly status: Status
  /** of the scope, in its order */
  readonly tables: readonly TableStatus[]
  /** bytes of all records as stored */
  readonly bytes: number
  /** room, whether it is kept, and loss */
  readonly storage: StorageStatus
  /** documents and files kept on this device, as far as its app says (`StoragePort.files`); none where it keeps none */
  readonly files: FilesKept
  /** unsent work of all tables */
  readonly pending: Pending
  /** forms not submitted, counted */
  readonly drafts: number
  /** of all tables: the worst of them */
  readonly agreement: Agreement
  /** by the relay's clock */
  readonly lastSync?: number
  /** of all tables: the earliest */
  readonly nextSync: NextSync
  /** absent before the first */
  readonly lastPass?: Pass
  /** what last kept device and relay apart; absent where nothing has */
  readonly lastError?: Failure
}

/** One table of the scope on the status page. */
export interface TableStatus {
  /** its name */
  readonly table: string
  /** for people; the table's name where it has none */
  readonly displayName: string
  /** the whole table has come, once */
  readonly complete: boolean
  /** records here that their user sees */
  readonly rows: number
  /** as stored */
  readonly bytes: number
  /** unsent work on its records */
  readonly pending: Pending
  /** whether relay and device hold the same of it */
  readonly agreement: Agreement
  /** ms since 1970 by the relay's clock; absent before the first */
  readonly lastSync?: number
  /** when it is brought up to date */
  readonly nextSync: NextSync
}

/** ST5: what the relay has is here; what was done here is there. */
export interface Agreement {
  /** `unknown`: as of the last sync, and not since */
  readonly down: 'agreed' | 'comparing' | 'unknown'
  /** `pending`: something was not accepted yet; `refused`: something needs a decision */
  readonly up: 'agreed' | 'pending' | 'refused'
}

/**
 * When a table is brought up to date: `at once` as changes are made; a time, ms since 1970, of the next pass or try;
 * undefined when somebody asks for it.
 */
export type NextSync = 'at once' | number | undefined

export interface Weight {
  readonly rows: number
  readonly bytes: number
}

export const pageOf = (
  replica: Reading,
  seen: Seen,
  status: Status,
  weigh: (table: string) => Weight,
  lastPass: Pass | undefined,
): StatusPage => {
  const { grant, memory } = replica
  const { link, entries, failure, storage } = seen
  const lastSync = memory.meta.fresh?.refreshed
  const choice = choiceIn(memory)
  const dues = new Map(timedIn(memory).map(each => [each.table, dueAt(choice, each)] as const))
  const nextOf = (due: Due): NextSync => (link.state === 'live' ? due : link.retryAt)
  const everyPushed = [...dues.values()].every(due => due === 'at once')
  const tables = (grant?.tables ?? []).map(({ table }): TableStatus => {
    const state = memory.tables.get(table)
    const complete = state?.state === 'complete' && columnSetOf(grant!, table) !== undefined
    return {
      table,
      displayName: schemaOf(grant!).tables.get(table)?.displayName ?? table,
      complete,
      ...weigh(table),
      pending: pendingIn(entries, table),
      agreement: agreementIn(link.state, dues.get(table) === 'at once', entries, table),
      ...(complete && lastSync !== undefined ? { lastSync } : {}),
      nextSync: nextOf(dues.get(table)),
    }
  })
  return {
    status,
    tables,
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    storage,
    files: storage.files ?? noFiles,
    pending: pendingIn(entries),
    drafts: memory.forms.size,
    agreement: agreementIn(link.state, everyPushed, entries),
    ...(lastSync === undefined ? {} : { lastSync }),
    nextSync: nextOf(soonest([...dues.values()])),
    ...(lastPass === undefined ? {} : { lastPass }),
    ...(failure === undefined ? {} : { lastError: failure }),
  }
}

const noFiles: FilesKept = { count: 0, bytes: 0 }

const soonest = (dues: readonly Due[]): Due => {
  if (dues.length === 0 || dues.includes('at once')) return 'at once'
  const times = dues.filter(due => typeof due === 'number')
  return times.length === 0 ? undefined : Math.min(...times)
}

/** @param pushed its changes come as they are made; otherwise it agreed as of its last pass */
const agreementIn = (
  link: Seen['link']['state'],
  pushed: boolean,
  entries: readonly OutboxEntry[],
  table?: string,
): Agreement => {
  const own = entries.filter(each => table === undefined || each.table === table)
  return {
    down: link === 'live' && pushed ? 'agreed' : link === 'catching-up' ? 'comparing' : 'unknown',
    up: own.some(({ state }) => state === 'rejected' || state === 'held')
      ? 'refused'
      : own.length > 0
        ? 'pending'
        : 'agreed',
  }
}

/** Remembered until something of the table changes: a page that is open is not weighed anew for each row. */
export const createWeighing = (replica: Reading): ((table: string) => Weight) => {
  const known = new Map<string, Weight>()
  replica.touched.subscribe(({ records, tables, state }) => {
    if (known.size === 0) return
    if (state) known.clear()
    for (const table of tables) known.delete(table)
    for (const key of records) known.delete(keyFrom(key).table)
  })
  return table => {
    const found = known.get(table) ?? weightOf(replica, [table])
    known.set(table, found)
    return found
  }
}

export const weightOf = ({ memory }: Reading, tables: Iterable<string>): Weight => {
  let rows = 0
  let bytes = 0
  for (const table of tables) {
    for (const { gone, size } of memory.rows.get(table)?.values() ?? []) {
      if (gone === undefined) rows++
      bytes += size
    }
  }
  return { rows, bytes }
}
