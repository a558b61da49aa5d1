import type { Changed } from '../commit/submission.ts'
import type { RecordKey } from '../storage/storage.ts'
import type { AudienceTable } from './audience.ts'
import type { Row } from './neighbours.ts'
import type { Held } from './side.ts'
import type { Listener } from './table-audience.ts'

/** How a commit concerns a listener. */
export interface Concern {
  /** rows to send: changed ones, and such that entered without having changed */
  readonly rows: RecordKey[]
  readonly gone: Gone[]
  /** rows may have left of which that cannot be told: the device has to compare */
  unsure: boolean
}

export type Gone = RecordKey & { readonly why: 'deleted' | 'left' | 'unknown' }

export type Concerns<L extends Listener> = ReadonlyMap<L, Concern>

/** What is found of each listener, row by row. */
export interface Notes<L extends Listener> {
  readonly concerns: Map<L, Concern>
  changed(table: AudienceTable<L>, change: Changed, had: ReadonlySet<L>, has: ReadonlySet<L>): void
  /** a row that did not change */
  moved(table: AudienceTable<L>, id: string, had: Held<L>, has: Held<L>): void
  /** everybody but those who hold the row for certain */
  doubt(listeners: ReadonlySet<L>, but: ReadonlySet<L>): void
}

export const createNotes = <L extends Listener>(): Notes<L> => {
  const concerns = new Map<L, Concern>()
  const of = (listener: L): Concern => {
    const found = concerns.get(listener) ?? { rows: [], gone: [], unsure: false }
    concerns.set(listener, found)
    return found
  }
  const gone = ({ table }: AudienceTable<L>, id: string, row: Row | undefined, listener: L): void => {
    const reads = row !== undefined && listener.scope.tables.get(table.name)?.reads(row.fields, id) === true
    const why = row === undefined ? 'deleted' : reads ? 'left' : 'unknown'
    of(listener).gone.push({ table: table.name, id, why })
  }
  return {
    concerns,
    changed: (table, { id, after }, had, has) => {
      for (const listener of has) of(listener).rows.push({ table: table.table.name, id })
      if (had === has) return
      const row = after.deleted ? undefined : { id, fields: after.fields }
      for (const listener of had) if (!has.has(listener)) gone(table, id, row, listener)
    },
    moved: (table, id, had, has) => {
      if (had.listeners === has.listeners) return
      for (const listener of has.listeners) {
        if (!had.listeners.has(listener)) of(listener).rows.push({ table: table.table.name, id })
      }
      for (const listener of had.listeners) {
        if (!has.listeners.has(listener)) gone(table, id, has.row, listener)
      }
    },
    doubt: (listeners, but) => {
      for (const listener of listeners) if (!but.has(listener)) of(listener).unsure = true
    },
  }
}
