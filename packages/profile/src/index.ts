// What both sides agree on.
export type { Changes, CommandCall, Edit, EditKind, Position } from './edit/edit.ts'
export { nowhere } from './edit/edit.ts'
export {
  type ArgsOf,
  checkArgs,
  type Command,
  type CommandContext,
  type CommandResult,
  type Commands,
  type CommandSource,
  commandsOf,
  defineCommand,
  stepOf,
} from './edit/command.ts'
export type { ChangedBy, Outcome, Question, Rejection, RejectionCode } from './edit/outcome.ts'
export type { Fault, Result } from './fault.ts'
export { failed, FaultError, faultText, ok } from './fault.ts'
export { Reader, ByteFault } from './bytes/reader.ts'
export { fromHex, toHex } from './bytes/hex.ts'
export { pooled } from './bytes/pooled.ts'
export { sameValue } from './bytes/value.ts'

// Filters
export type { Asking } from './filter/asking.ts'
export { checkFilter, MOST_CONDITIONS, MOST_LEVELS, MOST_LINK_LEVELS, MOST_LINKS } from './filter/check.ts'
export {
  type ConditionReason,
  decisive,
  explainFilter,
  type GroupReason,
  type LinkReason,
  type Meaning,
  type Reason,
} from './filter/explain.ts'
export { isTimeZone } from './filter/dates/bounds.ts'
export type { Condition, Filter, Group, Link } from './filter/filter.ts'
export { byCodePoint, fold } from './filter/fold.ts'
export { type PersonKey, personKeys } from './filter/keys.ts'
export { compileFilter, type Match } from './filter/memory/compile.ts'
export { indexRows, type Row as MemoryRow, type Rows } from './filter/memory/rows.ts'
export { comparableOf, type Seek, seekIn, type Sought } from './filter/memory/seek.ts'
export type { Comparable } from './filter/memory/test.ts'
export { type Operator, type OperatorKind, operatorKind, operators } from './filter/operators.ts'
export { type Operand, operandOf, operatorsFor, valueIn } from './filter/operand.ts'
export { exportFetchXml } from './filter/fetchxml/export.ts'
export { type ImportedFilter, importFetchXml } from './filter/fetchxml/import.ts'
export { filterSql, selectedFrom, type SqlOptions } from './filter/sql/compile.ts'
export type { Dialect } from './filter/sql/dialect.ts'
export { type Fragment, joined, render, sql, type SqlValue, type Statement, word } from './filter/sql/fragment.ts'
export { createIndexes, indexesFor, type IndexPlan } from './filter/sql/indexes.ts'
export { foldedFields, postgres } from './filter/sql/postgres.ts'
export { sqlite, sqliteFunctions } from './filter/sql/sqlite.ts'
export type { Scalar } from './filter/probe.ts'
export { columnsIn, type Dependence, dependenceOf, visitFilter } from './filter/walk.ts'

// Merging
export { type Folded, foldPending, type Present } from './merge/fold.ts'
export { type Handle, type Handled, judge, laidOver, type Standing, type Verdict } from './merge/judge.ts'
export type { LedgerEntry } from './merge/ledger.ts'
export {
  type Knowledge,
  type Merged,
  mergeEdit,
  type RecordState,
  sameLife,
  settle,
  standingOf,
  verdictOn,
} from './merge/merge-edit.ts'
export {
  type CustomStrategy,
  isBuiltIn,
  type RowConflict,
  type RowDecision,
  type Strategies,
  strategiesOf,
  StrategyBug,
} from './merge/custom.ts'
export {
  ask,
  type BuiltInStrategy,
  clientWins,
  type Conflict,
  type Decision,
  merge,
  serverWins,
  strategies,
  type Strategy,
  type StrategyName,
} from './merge/strategy.ts'
export { truthFor, type TruthRow, truthTable } from './merge/truth-table.ts'

// Profiles
export { checkProfile } from './profile/check.ts'
export {
  type Change,
  compareProfiles,
  isUnchanged,
  type ItemDifference,
  type ProfileDifference,
} from './profile/compare.ts'
export { DEFAULT_PROFILE, defaultProfile, documentedNames, type FieldServiceNames } from './profile/default-profile.ts'
export { asProfile, canonical, profileText, readProfile } from './profile/document.ts'
export { type Drift, driftOf, hasDrifted } from './profile/drift.ts'
export { type Known, knownAt } from './profile/known.ts'
export {
  beginProfile,
  copyProfile,
  definitionOf,
  discardDraft,
  editProfile,
  type ProfileLife,
  type Publication,
  type PublishedLife,
  publishProfile,
  shownProfile,
  type UnpublishedLife,
  versionOf,
} from './profile/life.ts'
export { documentedLimits, LONGEST_INTERVAL, type ProfileLimits, SHORTEST_INTERVAL } from './profile/limits.ts'
export {
  beginManaged,
  customisationOf,
  type ManagedProfile,
  type PendingFilter,
  pendingFilters,
  refuseFilter,
  takeFilter,
  type VendorState,
} from './profile/managed.ts'
export { discardManaged, receiveUpdate, type Received } from './profile/vendor-update.ts'
export {
  type App,
  type Assignment,
  effectiveProfile,
  type EffectiveProfile,
  type Membership,
} from './profile/membership.ts'
export { type Footing, footingOf, type Person } from './profile/person.ts'
export type { DownloadFilter, ProfileItem, ProfileSource, PublishedProfile } from './profile/profile.ts'
export { publicationOf } from './profile/publication.ts'
export { type Reach, relatedItems, type RelatedItem } from './profile/relations.ts'
export { relationshipCount, type RelationshipCount } from './profile/relationship-count.ts'

// What one may hold
export { type Right, type Rights, rightsOf } from './scope/rights.ts'
export { compileScope, type Scope, type TableScope, validFilter } from './scope/scope.ts'
export { scopeIndexes, type ScopeIndexes } from './scope/indexes.ts'
export { askedTables, scopeSizeSql, scopeSql, tableSizeSql } from './scope/sql.ts'
export { momentOf, turnOf, turnOfFilter } from './scope/turn.ts'

// Records
export type { Confirmed, Content, Visible } from './record/record.ts'
export { DELETED, guidOf, REMEMBERED, ROOT, sameContent } from './record/record.ts'
export { clientId, IDS_PER_PREFIX, isPrefix, PREFIX_BITS, prefixOf } from './record/client-ids.ts'
export { recordWrites, settleDocument, type Writes } from './record/document.ts'
export { contentIn, isSound, packEnvelope, revOf, unpackEnvelope } from './record/envelope.ts'
export { type Flat, parseFlat, readFlat, redact, type Wanted, wantedOf } from './record/flat.ts'
export { freshDocument } from './record/fresh.ts'
export { checkUpdate, type GateVerdict, MAX_RECORD_BYTES, MAX_UPDATE_BYTES } from './record/gate.ts'

// Schemas and plain values
export { compileSchema } from './schema/compile.ts'
export { generateTypes } from './schema/generate.ts'
export { defineSchema, type NewRow, type Row, type RowChanges, type TableName } from './schema/infer.ts'
export { isRecordId } from './schema/names.ts'
export { checkRow, fieldsToRow, type PlainRow, saysTheSame } from './schema/rows.ts'
export { checkValue, storedForm } from './schema/values.ts'
export type {
  Column,
  ColumnSource,
  ColumnType,
  Depth,
  Fields,
  Ownership,
  RelationshipSource,
  RoleSource,
  Schema,
  SchemaSource,
  Table,
  TableRights,
  TableSource,
  Value,
} from './schema/schema.ts'

// Agreeing on what a device holds
export {
  addRow,
  emptyFingerprint,
  type Fingerprint,
  fingerprintText,
  placeOf,
  type RowState,
} from './scope/fingerprint.ts'
export {
  answer as answerQuestion,
  ask as askAbout,
  type Finding,
  type Node,
  type Question as RowQuestion,
  root,
} from './scope/reconcile.ts'

// The wire
export type { ChangesMessage, GoneReason } from './wire/changes.ts'
export type { Compare, Compared } from './wire/compare.ts'
export type { Page, Plan, Stored, Synced } from './wire/download.ts'
export type { Answer, Answered } from './wire/edit.ts'
export {
  CACHE_HOURS,
  GRACE_HOURS,
  type Hello,
  type Holding,
  type Refresh,
  type SyncMode,
  syncModes,
  type TableHolding,
  type Stands,
  type Welcome,
} from './wire/hello.ts'
export {
  decodeDown,
  decodeUp,
  type Down,
  encodeDown,
  encodeUp,
  FrameFault,
  MAX_FRAME_BYTES,
  PROTOCOL,
  type Up,
} from './wire/protocol.ts'
export { MAX_PUSHED, type Push, type Withdraw } from './wire/push.ts'
export { closeCodes, type CloseReason, type Refusal } from './wire/refusal.ts'
export { eachRow, type PackedRow, packRows, unpackRows } from './wire/rows.ts'
