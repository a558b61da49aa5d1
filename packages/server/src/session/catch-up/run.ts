import { encodeDown, type Holding, type PackedRow, type Scope, type TableScope } from '@rejoin/profile'
import type { RowCaps } from '../../environment/environment.ts'
import type { Presence } from '../../scope/presence.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Fingerprints } from './fingerprints.ts'

/** One device that is brought to the present. */
export interface CatchUp {
  readonly storage: Storage
  readonly scope: Scope
  readonly presence: Presence
  readonly holdings: readonly Holding[]
  /** of its scope: no others are looked at */
  readonly tables: ReadonlySet<string>
  readonly rowCaps: RowCaps
  readonly send: (frame: Uint8Array) => void
  /** the same for pages and changes, which the device acknowledges */
  readonly sendCounted: (frame: Uint8Array) => void
  /** resolves when few enough of those are unacknowledged */
  readonly room: () => Promise<void>
  readonly fingerprints: Fingerprints
  /** lets others have their turn between steps over many rows */
  readonly pause: () => Promise<void>
}

/** Nothing is said where there is nothing to say. @param gone ids of deleted rows */
export const sendChanges = (
  { sendCounted }: CatchUp,
  { table }: TableScope,
  rows: readonly PackedRow[],
  gone: readonly string[],
): void => {
  if (rows.length + gone.length === 0) return
  sendCounted(
    encodeDown({
      type: 'changes',
      rows: rows.map(row => ({ table, ...row })),
      gone: gone.map(id => ({ table, id, why: 'deleted' })),
      answers: [],
    }),
  )
}
