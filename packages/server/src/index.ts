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

// Importing real input
export type { CsvImport, ImportProgress, NewRecord } from './import/csv.ts'
export { importCsv } from './import/csv.ts'
export type { MappedColumn, MappedKey, MappedType, Mapping } from './import/mapping.ts'
export { mappingTable } from './import/mapping.ts'
export { readMapping } from './import/read-mapping.ts'
export type { Findings, ImportReport, RefusalKind, Refused, Repaired, RepairKind } from './import/report.ts'
export { LISTED } from './import/report.ts'
export { requestsFixturePath, requestsMappingPath } from './sample/requests.ts'

// The built-in sample environment
export { samplePeople, sampleTeams, sampleUnits } from './sample/people.ts'
export { sampleProfile, sampleSettings } from './sample/profile.ts'
export type { SampleSize } from './sample/records/records.ts'
export { sampleRecords } from './sample/records/records.ts'
export { sampleSchema } from './sample/schema/schema.ts'
