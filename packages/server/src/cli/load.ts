import { randomBytes } from 'node:crypto'
import {
  type Confirmed,
  type Content,
  type Edit,
  type Fields,
  freshDocument,
  guidOf,
  mergeEdit,
  packEnvelope,
  recordWrites,
  sameContent,
  serverWins,
  type Value,
} from '@rejoin/profile'
import { ONLINE } from '../commit/online.ts'
import { stateOf } from '../commit/workspace.ts'
import { createGrants } from '../identity/grants.ts'
import type { NewRecord } from '../import/csv.ts'
import { newId } from '../routes/new-id.ts'
import { keyOf, type Storage, type StoredRecord } from '../storage/storage.ts'

/**
 * Rows into storage, many at a time. Each becomes the record a create edit of the online API would have made, by the
 * short way: nobody's rights are asked and no outcome is kept, because nobody waits for one.
 */
export interface Loader {
  /** one transaction: all of these rows or none */
  write(rows: readonly NewRecord[]): Promise<void>
  readonly counts: Readonly<LoadCounts>
}

export interface LoadCounts {
  created: number
  replaced: number
  /** existed and said the same */
  same: number
  /** existed, said something else, and were left as they are */
  kept: number
}

export interface LoaderParts {
  readonly storage: Storage
  /** what happens to records that exist and say something else */
  readonly existing: 'keep' | 'replace'
}

export const createLoader = async ({ storage, existing }: LoaderParts): Promise<Loader> => {
  const client = await createGrants(storage, length => randomBytes(length)).own()
  const counts: LoadCounts = { created: 0, replaced: 0, same: 0, kept: 0 }
  return {
    counts,
    write: async rows => {
      const commit = randomBytes(8).toString('hex')
      const at = Date.now()
      const done = await storage.commit({ records: rows }, ({ head, records: found }) => {
        const records: StoredRecord[] = []
        const batch: LoadCounts = { created: 0, replaced: 0, same: 0, kept: 0 }
        let rev = head.rev
        for (const row of rows) {
          const place = { rev: rev + 1, commit, edit: newId(at, randomBytes(10)), client, at }
          const { became, record } = load(row, found.get(keyOf(row)), place, existing)
          batch[became]++
          if (record === undefined) continue
          rev++
          records.push(record)
        }
        return { result: batch, records, ...(rev === head.rev ? {} : { head: { rev, commit } }) }
      })
      for (const name of Object.keys(done) as (keyof LoadCounts)[]) counts[name] += done[name]
    },
  }
}

interface Place {
  readonly rev: number
  readonly commit: string
  readonly edit: string
  readonly client: number
  readonly at: number
}

const load = (
  row: NewRecord,
  standing: StoredRecord | undefined,
  place: Place,
  existing: LoaderParts['existing'],
): { readonly became: keyof LoadCounts; readonly record?: StoredRecord } => {
  if (standing === undefined) return { became: 'created', record: fresh(row, place) }
  const state = stateOf(standing)
  // A tombstone is for ever: its id is not given again.
  if (state?.state !== 'held') return { became: 'kept' }
  if (sameContent(state.content, { fields: row.fields, deleted: false })) return { became: 'same' }
  if (existing === 'keep' && row.replaces !== true) return { became: 'kept' }
  const edit = editOf(row, state.confirmed, state.content, place)
  const { record } = mergeEdit(state, edit, serverWins, { ...place, base: edit.base.rev, authority: place.client })
  return record === undefined
    ? { became: 'kept' }
    : { became: 'replaced', record: stored(row, record.confirmed, record.content) }
}

const fresh = (row: NewRecord, { rev, commit, edit, client }: Place): StoredRecord =>
  stored(
    row,
    {
      rev,
      commit,
      changed: rev,
      incarnation: commit,
      recent: [{ rev, edit, device: ONLINE }],
      columns: {},
      settled: { [ONLINE]: 0 },
      bytes: freshDocument(row.fields, client),
    },
    { fields: row.fields, deleted: false },
  )

const stored = ({ table, id }: NewRecord, confirmed: Confirmed, { fields, deleted }: Content): StoredRecord => ({
  table,
  id,
  rev: confirmed.rev,
  deleted,
  purged: false,
  json: JSON.stringify(fields),
  envelope: packEnvelope(confirmed),
})

/** The row as one edit on the record as it stands: what it does not say is cleared. */
const editOf = (row: NewRecord, confirmed: Confirmed, content: Content, { edit, client, at }: Place): Edit => {
  const before: Fields = content.fields
  const columns = new Set([...Object.keys(before), ...Object.keys(row.fields)])
  const writes = Object.fromEntries([...columns].map(column => [column, row.fields[column] ?? null] as [string, Value]))
  const changes = Object.fromEntries(
    Object.entries(writes).map(([column, after]) => [column, [before[column] ?? null, after] as [Value, Value]]),
  )
  return {
    id: edit,
    author: 'import',
    device: ONLINE,
    seq: 0,
    tick: 0,
    at,
    table: row.table,
    record: row.id,
    kind: content.deleted ? 'create' : 'update',
    base: { rev: confirmed.rev, commit: confirmed.commit },
    incarnation: confirmed.incarnation,
    changes,
    update: recordWrites(guidOf(row.table, row.id), [confirmed.bytes], client, writes).update,
  }
}
