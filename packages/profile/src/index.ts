// What both sides agree on.
export type { Changes, Edit, EditKind, Position } from './edit/edit.ts'
export { nowhere } from './edit/edit.ts'
export type { Outcome, Question, RejectionCode } from './edit/outcome.ts'
export type { Fault, Result } from './fault.ts'
export { failed, FaultError, faultText, ok } from './fault.ts'
export type { CompareOp, Condition, Filter, NullOp, SetOp, UserOp } from './filter/filter.ts'
export type { LedgerEntry } from './merge/ledger.ts'
export type { Person } from './profile/person.ts'
export type { DownloadFilter, ProfileItem, ProfileSource, PublishedProfile } from './profile/profile.ts'
export type { Confirmed, Content, Visible } from './record/record.ts'
export { DELETED, guidOf, REMEMBERED, ROOT } from './record/record.ts'
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
