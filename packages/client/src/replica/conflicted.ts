import type { Changes, Content, EditKind, Visible } from '@rejoin/profile'

/** What happened to an edit of this device that met a conflict: why a value is not what was typed (CF6, CF16). */
export interface Conflicted {
  readonly edit: string
  readonly table: string
  readonly record: string
  readonly kind: EditKind
  readonly status: 'applied' | 'lost'
  readonly strategy: string
  readonly rev: number
  /** ms since 1970, this device's clock */
  readonly at: number
  readonly changes: Changes
  /** the record as its author saw it, as the other side had made it where that is known, and as it became */
  readonly mine: Content
  readonly theirs: Content | null
  readonly result: Content | null
  /** changes by others since the author's base */
  readonly against: readonly Visible[]
}
