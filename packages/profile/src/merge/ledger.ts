import type { Changes, EditKind } from '../edit/edit.ts'
import type { Content } from '../record/record.ts'

/** One settled or parked conflict with both versions: nothing anybody typed is lost silently (CF6). */
export interface LedgerEntry {
  readonly edit: string
  readonly table: string
  readonly record: string
  /** revision of the settled record; the standing revision where the edit is parked */
  readonly rev: number
  /** ms since 1970, the settling side's clock; information only */
  readonly at: number
  readonly strategy: string
  readonly status: 'applied' | 'lost' | 'held'
  readonly kind: EditKind
  readonly author: string
  readonly device: string
  /** the revision the author stood on */
  readonly base: number
  /** edits of others that changed the record since then, as far as the record remembers them */
  readonly against: readonly string[]
  readonly changes: Changes
  /** the record as the author had it, as the relay had it, and as it became */
  readonly mine: Content
  readonly theirs: Content
  readonly result: Content
}
