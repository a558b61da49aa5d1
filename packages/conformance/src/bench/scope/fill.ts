import { freshDocument, packEnvelope } from '@rejoin/profile'
import { environmentEntries, type Storage, type StoredRecord } from '@rejoin/server'
import { scopeProfile, scopeRows, scopeSchema, technician } from './world.ts'

const BATCH = 2_000
const CLIENT = 4_242

/** The rows of some technicians, and one manager over the first five, written as a relay stores them. */
export const fill = async (
  storage: Storage,
  technicians: number,
  now: number,
  onRows: (rows: number) => void,
): Promise<number> => {
  const below = Array.from({ length: Math.min(5, technicians) }, (_, n) => technician(n).id)
  const people = Array.from({ length: technicians }, (_, n) => technician(n))
  const entries = environmentEntries({
    schema: scopeSchema,
    settings: { strategy: 'clientWins', strategies: {} },
    people: [...people, { ...technician(-1), below: { people: below, teams: [] } }],
    profiles: [{ profile: { ...scopeProfile, version: 1 }, members: { everyone: true } }],
  })
  await storage.commit({}, () => ({ result: undefined, entries }))
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
  for (const { table, id, fields } of scopeRows(technicians, now)) {
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
