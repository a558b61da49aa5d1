import type { Values } from '../table/saving.ts'

/** A form saved but not submitted (LW12): nothing of it is checked, sent or shown among the records. */
export interface FormDraft {
  /** the app's own name for it; one draft per name */
  readonly name: string
  /** table name */
  readonly table: string
  /** the record it changes; absent where it creates one */
  readonly record?: string
  /** as typed, by column name: JSON data */
  readonly values: Values
  /** ms since 1970 */
  readonly savedAt: number
}
