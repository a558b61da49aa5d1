import type { ChangedBy, Changes, Content, EditKind, Visible } from '@rejoin/profile'

/** What happened to an edit of this device: why a value is not what was typed (CF6, CF16). */
export interface Conflicted {
  readonly edit: string
  readonly table: string
  readonly record: string
  readonly kind: EditKind
  /** `replaced`: it had taken effect, and a later change of somebody else gave these columns other values */
  readonly status: 'applied' | 'lost' | 'replaced'
  /** '' where it is not known here, or there was no conflict */
  readonly strategy: string
  readonly rev: number
  /** ms since 1970, this device's clock */
  readonly at: number
  readonly changes: Changes
  /** the record as its author saw it, as the other side had made it where that is known, and as it became */
  readonly mine: Content
  readonly theirs: Content | null
  readonly result: Content | null
  /** changes by others since the author's base; whose, where the relay said it (`at`: ms since 1970, its clock) */
  readonly against: readonly (Visible & Pick<ChangedBy, 'author' | 'at'>)[]
}

/** An edit meets one conflict at most, and may be replaced column by column after that. */
export const keyOfConflicted = ({ edit, status, rev }: Conflicted): string =>
  status === 'replaced' ? `${edit} ${rev}` : edit
