// The relay. Storage: where an environment lives.
export type {
  Decision,
  Entry,
  Found,
  RecordKey,
  Storage,
  StoredEdit,
  StoredRecord,
  View,
  Wanted,
} from './storage/storage.ts'
export { entryKey, keyOf } from './storage/storage.ts'
export type { StorageFaultCode } from './storage/fault.ts'
export { StorageFault } from './storage/fault.ts'
export type { SqliteOptions, SqliteStorage } from './storage/sqlite/sqlite.ts'
export { openSqliteStorage } from './storage/sqlite/sqlite.ts'
