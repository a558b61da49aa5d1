// The relay
export { createRelay, type Relay, type RelayApp, type RelayOptions } from './relay.ts'
export { LOCAL_ORIGINS } from './routes/doorway.ts'
export type { ApiFault } from './routes/failure.ts'
export type { ApiRow } from './routes/readable.ts'
export { type ServeOptions, serveRelay, type Serving } from './routes/serve.ts'

// Documents: columns edited character by character
export type { DocumentStorage } from './documents/storage.ts'
export { openSqliteDocuments } from './documents/sqlite.ts'
export { DOCUMENT_PROTOCOL } from './routes/documents.ts'

// The relay's engine: sessions and commits without sockets or clock
export { type Core, type CoreParts, createCore, type Line } from './core.ts'
export type { Committed, Committer } from './commit/committer.ts'
export type { Author, Changed, Judged, OnlineSubmission, Submission, WriteKind } from './commit/submission.ts'
export type { Session } from './session/session.ts'
export {
  compileEnvironment,
  defaultSettings,
  type Environment,
  environmentAfter,
  environmentEntries,
  type EnvironmentSource,
  loadEnvironment,
  schemaEntries,
  type Settings,
} from './environment/environment.ts'
export type { Effective, GivenProfile, StoredProfile } from './environment/profiles.ts'
export { checkRules, type Rule, type RuledKind } from './rules/rule.ts'
export type { CodeRule, RuleContext, RuleRefusal } from './rules/code-rule.ts'
export {
  type Directory,
  directoryEntries,
  directoryOf,
  type DirectorySource,
  type Share,
  type SharedRight,
  type Team,
  type Unit,
  type User,
} from './directory/directory.ts'
export { checkDirectory } from './directory/check.ts'
export { resolvePerson } from './directory/resolve.ts'
export {
  createDevelopmentIssuer,
  type DevelopmentIssuer,
  type Identity,
  type IdentityOptions,
  remoteIdentity,
  type SignedIn,
} from './identity/identity.ts'
export { openDevelopmentIssuer } from './identity/development.ts'

// Outward: what other systems are told, and what nobody is to be told any more
export type { FeedChange } from './feed/change.ts'
export type { FeedLine } from './feed/follow.ts'
export { isSigned, type Signed } from './webhooks/sign.ts'
export type { Erasure, ErasureReport, Target } from './erasure/erasure.ts'
export { type ErasureList, openErasureList } from './erasure/list.ts'

// Scopes: which rows a person holds, and whom a change concerns
export { membersOf, type Members } from './scope/members.ts'
export { createPresence, type Presence } from './scope/presence.ts'
export { type Audience } from './live/audience.ts'
export { type Audiences, createAudiences } from './live/audiences.ts'
export { concernsAlone, concernsOf } from './live/concern.ts'
export type { Concern } from './live/notes.ts'
export { createLens, type Lens } from './live/linked.ts'

// What an administrator asks before publishing, and when a record is missed
export { type DryRun, dryRun, type TableSize, type UserSize } from './inquiry/dry-run.ts'
export { explain, type ExplainQuestion, type Explanation } from './inquiry/explain.ts'
export { gainedIds, type Gains, gainsOf } from './inquiry/gains.ts'
export type { Past } from './inquiry/past.ts'
export { type ServingCost, servingOf } from './inquiry/serving.ts'
export type { Held, Near, NotHeld, Place, Selection, Standing } from './inquiry/standing.ts'

// Storage: where an environment lives
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
export type { PostgresOptions, PostgresStorage } from './storage/postgres/postgres.ts'
export { openPostgresStorage } from './storage/postgres/postgres.ts'
export type { Wake } from './storage/wake.ts'

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
export { completeOrder, sampleCommands } from './sample/commands.ts'
export { sampleDirectory, samplePeople, sampleTeams, sampleUnits } from './sample/people.ts'
export { fillSample, sampleEnvironment } from './cli/sample.ts'
export { sampleDefaultProfile, sampleProfile, sampleSettings } from './sample/profile.ts'
export type { SampleSize } from './sample/records/records.ts'
export { sampleRecords } from './sample/records/records.ts'
export { sampleSchema } from './sample/schema/schema.ts'
export type { Loader, LoaderParts } from './cli/load.ts'
export { createLoader } from './cli/load.ts'
