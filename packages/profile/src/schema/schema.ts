/**
 * What a table may hold. A schema is written as JSON (`SchemaSource`) and compiled once by
 * `compileSchema` into lookups by name and by stable id. Records and edits speak column ids, apps speak
 * column names: renaming a column keeps its id, so no stored record changes.
 */

export type ColumnType =
  | 'guid'
  | 'string'
  | 'text'
  | 'integer'
  | 'number'
  | 'money'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'choice'
  | 'choices'
  | 'lookup'
  | 'document'

/** A column as written. `id` defaults to the first name the column ever had: its present name. */
export interface ColumnSource {
  readonly id?: string
  readonly name: string
  readonly type: ColumnType
  readonly displayName?: string
  readonly required?: boolean
  /** UTF-16 code units, string and text only */
  readonly maxLength?: number
  readonly choices?: readonly { readonly value: number | string; readonly label: string }[]
  /** lookup: the table it points to, or the several it may point to */
  readonly target?: string
  readonly targets?: readonly string[]
  /** lookup: the target is not part of this schema */
  readonly external?: boolean
  readonly timeZoneIndependent?: boolean
}

/** Who can own a row: decides which download filters an item may use (PR8). */
export type Ownership = 'user' | 'business' | 'organization' | 'none'

export interface TableSource {
  readonly name: string
  readonly displayName?: string
  readonly ownership: Ownership
  /** the guid column that is the record's id; never stored among the fields */
  readonly primaryKey: string
  readonly primaryName: string
  readonly columns: readonly ColumnSource[]
  /** column naming the owning user or team; default `ownerid` where such a column exists */
  readonly ownerColumn?: string
  /** column naming the owning business unit; default `owningbusinessunit` where such a column exists */
  readonly unitColumn?: string
  /** datetime column in which the relay keeps when the last change was made on its device; its own time is the sync's (OB15) */
  readonly actionTimeColumn?: string
  /** may be added to an offline profile (PR13); default true */
  readonly offline?: boolean
}

export interface RelationshipSource {
  readonly name: string
  /** `table.column` of the lookup */
  readonly from: string
  readonly to: string
  readonly external?: boolean
  readonly derivedName?: boolean
}

/** How far a right reaches (SE5): rows I own, my teams own, my business unit owns, every row. */
export type Depth = 'none' | 'own' | 'team' | 'unit' | 'all'

export interface TableRights {
  readonly create?: Depth
  readonly read?: Depth
  readonly write?: Depth
  readonly delete?: Depth
  /** column names this role does not let read */
  readonly hidden?: readonly string[]
  /** column names this role does not let write */
  readonly readonly?: readonly string[]
}

export interface RoleSource {
  readonly name: string
  /** table name, or `*` for every table without an entry of its own */
  readonly tables: Readonly<Record<string, TableRights>>
  /** who has it administers the environment: users, rights, profiles, settings */
  readonly admin?: boolean
  /** who has it may follow the change feed of the tables he may read whole: a system of record's own user */
  readonly feed?: boolean
}

export interface SchemaSource {
  /** grows with every change that devices must know of; default 1 */
  readonly version?: number
  readonly tables: readonly TableSource[]
  readonly relationships?: readonly RelationshipSource[]
  readonly roles?: readonly RoleSource[]
}

export interface Column extends ColumnSource {
  readonly id: string
}

export interface Table extends Omit<TableSource, 'columns'> {
  readonly offline: boolean
  /** without the primary key */
  readonly columns: readonly Column[]
  readonly byName: ReadonlyMap<string, Column>
  readonly byId: ReadonlyMap<string, Column>
  /** stable id of the owner column, where the table has one */
  readonly ownerId?: string
  readonly unitId?: string
  /** stable id of the action time column */
  readonly actionTimeId?: string
}

export interface Schema {
  readonly version: number
  readonly source: SchemaSource
  readonly tables: ReadonlyMap<string, Table>
  readonly relationships: ReadonlyMap<string, RelationshipSource>
  readonly roles: ReadonlyMap<string, RoleSource>
}

/** A JSON scalar or a small array of them: all a column may hold. Absent and null are the same. */
export type Value = string | number | boolean | null | readonly (string | number)[]

/** A record's values by column id; null columns are left out. */
export type Fields = Readonly<Record<string, Value>>
