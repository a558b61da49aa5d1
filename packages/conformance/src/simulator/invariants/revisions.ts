import type { StoreChange } from '@rejoin/client'
import { broken } from '../failure.ts'

/** A row on a device is replaced only by one of a higher revision, within one download: nobody sees a record go back. */
export const createRevisionWatch = (device: number): ((changes: readonly StoreChange[]) => void) => {
  const held = new Map<string, number>()
  return changes => {
    for (const change of changes) {
      if (!('put' in change) || change.put !== 'overlay') continue
      const { rev, generation, gone } = change.value as unknown as { rev: number; generation: number; gone?: string }
      const row = `${change.key} ${generation}`
      const before = held.get(row)
      if (gone !== undefined) held.delete(row)
      else {
        if (before !== undefined && rev <= before) broken('revisions of a row only rise', { device, row, before, rev })
        held.set(row, rev)
      }
    }
  }
}
