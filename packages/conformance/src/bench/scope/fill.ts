import { freshDocument, packEnvelope } from '@rejoin/profile'
import { type EnvironmentSource, environmentEntries, type Storage, type StoredRecord } from '@rejoin/server'
import { scopeProfile, scopeRows, scopeSchema, technician, type WorldRow } from './world.ts'

const BATCH = 2_000
const CLIENT = 4_242

/** The rows of some technicians, and one manager over the first five. */
export const fill = (
  storage: Storage,
  technicians: number,
  now: number,
  onRows: (rows: number) => void,
): Promise<number> => {
  const below = Array.from({ length: Math.min(5, technicians) }, (_, n) => technician(n).id)
  const people = Array.from({ length: technicians }, (_, n) => technician(n))
  const environment: EnvironmentSource = {
    schema: scopeSchema,
    settings: { strategy: 'clientWins', strategies: {} },
    people: [...people, { ...technician(-1), below: { people: below, teams: [] } }],
    profiles: [{ profile: { ...scopeProfile, version: 1 }, members: { everyone: true } }],
  }
  return fillWith(storage, environment, scopeRows(technicians, now), onRows)
}

/** An environment and its rows, written as a relay stores them. */
export const fillWith = async (
  storage: Storage,
  environment: EnvironmentSource,
  from: Iterable<WorldRow>,
  onRows: (rows: number) => void,
): Promise<number> => {
  await storage.commit({}, () => ({ result: undefined, entries: environmentEntries(environment) }))
  let rows = 0
  let batch: Omit<StoredRecord, 'rev'>[] = []
  const write = async (): Promise<void> => {
    const records = batch
    batch = []
    await storage.commit({}, ({ head }) => {
      const commit = (head.rev + 1).toString(16).padStart(16, '0')
      const stored = records.map((record, n) => stamped(record, head.rev + 1 + n, commit))
      return { result: undefined, head: { rev: head.rev + records.length, commit }, records: stored }
    })
    rows += records.length
    onRows(rows)
  }
  for (const { table, id, fields } of from) {
    const bytes = freshDocument(fields, CLIENT)
    batch.push({ table, id, deleted: false, purged: false, json: JSON.stringify(fields), envelope: bytes })
    if (batch.length === BATCH) await write()
  }
  if (batch.length > 0) await write()
  return rows
}

const stamped = (record: Omit<StoredRecord, 'rev'>, rev: number, commit: string): StoredRecord => ({
  ...record,
  rev,
  envelope: packEnvelope({
    ...{ rev, commit, changed: rev, incarnation: commit, bytes: record.envelope },
    ...{ recent: [], columns: {}, settled: {} },
  }),
})
