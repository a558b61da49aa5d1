import type { Edit } from '@rejoin/profile'
import { broken, same } from './failure.ts'

/** The test's own book of every edit any device ever saved, kept from what reached the devices' disks. */
export interface Saved {
  readonly edit: Edit
  readonly device: number
  /** its user gave it up */
  discarded: boolean
}

export interface Ledger {
  readonly saved: ReadonlyMap<string, Saved>
  /** @returns whether it is new */
  save(device: number, edit: Edit): boolean
  discard(edit: string): void
}

export const createLedger = (): Ledger => {
  const saved = new Map<string, Saved>()
  const seqs = new Map<string, string>()
  return {
    saved,
    save: (device, edit) => {
      const before = saved.get(edit.id)
      if (before !== undefined) {
        if (!same(plain(before.edit), plain(edit)))
          broken('a saved edit stays as it is', { before: before.edit, now: edit })
        return false
      }
      const seq = `${edit.device} ${edit.seq}`
      if (seqs.has(seq)) broken('a device numbers each edit once', { seq, edit: edit.id, before: seqs.get(seq) })
      seqs.set(seq, edit.id)
      saved.set(edit.id, { edit, device, discarded: false })
      return true
    },
    discard: edit => {
      const entry = saved.get(edit)
      if (entry !== undefined) entry.discarded = true
    },
  }
}

const plain = (edit: Edit): unknown => ({ ...edit, update: Buffer.from(edit.update).toString('hex') })
