import type { RecordKey, StoredRecord } from '../storage/storage.ts'

/** What is left of an erased record: that it was, when it ended, and that nobody may create it again. */
const REASON = '$reason'
const ERASED = 'erased'

export const tombstone = ({ table, id }: RecordKey, rev: number): StoredRecord => ({
  ...{ table, id, rev, deleted: true, purged: true },
  json: JSON.stringify({ [REASON]: ERASED }),
  envelope: new Uint8Array(),
})

export const isErased = ({ purged, json }: Pick<StoredRecord, 'purged' | 'json'>): boolean =>
  purged && (JSON.parse(json) as Readonly<Record<string, unknown>>)[REASON] === ERASED
