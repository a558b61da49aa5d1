import { fieldsToRow, fingerprintText, type SchemaSource } from '@rejoin/profile'
import type { Rejoin } from '../device/device.ts'
import { factsNow } from '../device/facts.ts'
import { insideOf } from '../device/inside.ts'
import { columnSetOf, type Grant, schemaOf } from '../replica/grant.ts'
import { loadMemory } from '../replica/load.ts'
import { decode, keyOf } from '../replica/memory.ts'
import { createReading, type Reading } from '../replica/replica.ts'
import type { Store } from '../store/store.ts'
import { inspectEntry, masked, plainly, type Show, showRow } from './entries.ts'
import type { Inspection, InspectOptions, RecordInspection, TableInspection } from './inspection.ts'
import { absenceOf, countPresence, presenceOf } from './presence.ts'
import { sessionOf } from './session.ts'
import { type Weighed, weighStore } from './shelves.ts'

/** A device that is open. Reads its whole store; changes nothing. @throws StoreFault where the store cannot be read */
export const inspect = async <S extends SchemaSource>(
  rejoin: Rejoin<S>,
  options: InspectOptions = {},
): Promise<Inspection> => {
  const { replica, facts, store, now } = insideOf(rejoin)
  const weighed = await weighStore(store)
  const show = showing(options)
  return { ...inspection(replica, weighed, now(), show), session: sessionOf(factsNow(facts), show) }
}

/** A store that no device has open. @param now ms since 1970. @throws StoreFault */
export const inspectStore = async (store: Store, now: number, options: InspectOptions = {}): Promise<Inspection> =>
  inspection(await readingOf(store), await weighStore(store), now, showing(options))

/** One record: why it is here, or is not, and what is pending on it. */
export const inspectRecord = <S extends SchemaSource>(
  rejoin: Rejoin<S>,
  table: string,
  id: string,
  options: InspectOptions = {},
): RecordInspection => recordIn(insideOf(rejoin).replica, table, id, showing(options))

/** The same, of a store that no device has open. @throws StoreFault */
export const inspectRecordIn = async (
  store: Store,
  table: string,
  id: string,
  options: InspectOptions = {},
): Promise<RecordInspection> => recordIn(await readingOf(store), table, id, showing(options))

const showing = ({ values }: InspectOptions): Show => (values === true ? plainly : masked)

/** A store is read as its device would read it, and never written: not even the id of a device that was never opened. */
const readingOf = async (store: Store): Promise<Reading> =>
  createReading(await loadMemory(unwritten(store), length => new Uint8Array(length)), () => {})

const unwritten = (store: Store): Store => ({
  get: (shelf, key) => store.get(shelf, key),
  scan: (shelf, range) => store.scan(shelf, range),
  commit: async () => {},
  close: () => store.close(),
})

const inspection = (replica: Reading, weighed: Weighed, at: number, show: Show): Inspection => {
  const { memory, grant } = replica
  const { device, seq, left, cursor, ready, fresh, sealed, offline, scheduled } = memory.meta
  return {
    at,
    device,
    ...(grant === undefined ? {} : { grant: grantOf(grant) }),
    meta: {
      seq,
      left,
      ready,
      sealed: sealed === true,
      offline: offline === true,
      ...(cursor === undefined ? {} : { cursor }),
      ...(fresh === undefined ? {} : { fresh }),
      ...(scheduled === undefined ? {} : { scheduled }),
    },
    tables: (grant?.tables ?? []).map(({ table }) => tableIn(replica, weighed, table)),
    outbox: [...memory.entries.values()].map(entry => inspectEntry(replica, entry, show)),
    store: weighed.shelves,
  }
}

const grantOf = ({
  environment,
  user,
  strategy,
  strategies,
  cacheHours,
  schemaVersion,
  profileVersion,
}: Grant): NonNullable<Inspection['grant']> => ({
  ...(environment === undefined ? {} : { environment }),
  user,
  strategy,
  strategies,
  ...(cacheHours === undefined ? {} : { cacheHours }),
  schemaVersion,
  profileVersion,
})

const tableIn = (replica: Reading, weighed: Weighed, table: string): TableInspection => {
  const { memory, grant } = replica
  const columnSet = grant === undefined ? undefined : columnSetOf(grant, table)
  const sum = replica.fingerprint(table)
  const gone: Record<string, number> = {}
  for (const row of memory.rows.get(table)?.values() ?? []) {
    if (row.gone !== undefined) gone[row.gone] = (gone[row.gone] ?? 0) + 1
  }
  return {
    table,
    download: memory.tables.get(table)?.state ?? 'none',
    ...(columnSet === undefined ? {} : { columnSet }),
    rows: sum.rows,
    fingerprint: fingerprintText(sum),
    because: countPresence(replica, table),
    gone,
    ...weighed.of(table),
  }
}

const recordIn = (replica: Reading, table: string, id: string, show: Show): RecordInspection => {
  const { memory, grant } = replica
  const key = keyOf({ table, id })
  const row = memory.rows.get(table)?.get(id)
  const confirmed = row === undefined ? undefined : decode(row)?.confirmed
  const absence = absenceOf(replica, key)
  const known = grant === undefined ? undefined : schemaOf(grant).tables.get(table)
  const content = replica.view(key)
  return {
    table,
    id,
    because: [...presenceOf(replica, key), ...(absence === undefined ? [] : [absence])],
    ...(confirmed === undefined
      ? {}
      : {
          confirmed: {
            rev: confirmed.rev,
            changed: confirmed.changed,
            incarnation: confirmed.incarnation,
            bytes: row?.size ?? 0,
          },
        }),
    pending: replica.present.chain(key).map(entry => inspectEntry(replica, entry, show)),
    ...(known === undefined || content === undefined
      ? {}
      : { row: showRow(fieldsToRow(known, id, content.fields), show, known.primaryKey) }),
  }
}
