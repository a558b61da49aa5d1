import type { CommandCall, EditKind, Person, PlainRow } from '@rejoin/profile'

/**
 * A rule as code, run inside the commit on every edit and online write that would change a record. It is pure and awaits
 * nothing: it may run again. @returns why not; undefined = it has nothing against it
 */
export type CodeRule = (context: RuleContext) => RuleRefusal | undefined

/** Rows by column name, the primary key among them. */
export interface RuleContext {
  readonly table: string
  readonly record: string
  readonly kind: EditKind
  readonly command?: CommandCall
  readonly person: Person
  /** undefined where there is no such record, or it is deleted */
  readonly before?: PlainRow
  /** as the edit would have it; undefined where it deletes */
  readonly after?: PlainRow
  /** names of the columns that would change */
  readonly columns: readonly string[]
  /** the relay's clock, ms since 1970 */
  readonly now: number
}

export interface RuleRefusal {
  /** for people */
  readonly message: string
  /** by name */
  readonly column?: string
  /** for programs; default the function's own name */
  readonly rule?: string
}
