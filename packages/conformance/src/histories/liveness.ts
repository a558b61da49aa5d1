import type { OutboxEntry } from '@rejoin/client'
import { broken, same } from '../simulator/failure.ts'
import type { Desk } from './desk.ts'
import type { Land } from './land.ts'

/**
 * With all faults off, and nobody doing anything for a minute: each device is live, and its outbox is empty, or says of
 * each entry what it waits for, and of the queue by whom and what it is stopped.
 */
export const drainsOrSaysWhy = (land: Land): void => {
  for (const desk of land.desks) {
    if (desk.empty) continue
    if (desk.removed) hasLeft(desk)
    else {
      isConnected(desk)
      for (const entry of desk.entries()) saysWhy(land, desk, entry)
    }
  }
}

const at = ({ index, user, device }: Desk): Record<string, unknown> => ({
  desk: `${index} (${user})`,
  link: device.rejoin.link.current,
  paused: device.rejoin.outbox.paused.current,
})

/** Who was removed has nothing left here, unless he does not let anybody know. */
const hasLeft = (desk: Desk): void => {
  const isAway = desk.offlineMode || !desk.signedIn
  if (!isAway && desk.device.entries().length > 0)
    broken('who was removed keeps nothing', { ...at(desk), entries: desk.device.entries() })
}

const isConnected = (desk: Desk): void => {
  const { device, paused, signedIn, offlineMode } = desk
  const { link, outbox, offline } = device.rejoin
  if (offline.current.on !== offlineMode) broken('offline mode is what its user chose', at(desk))
  const wanted = [...paused, ...(signedIn || offlineMode ? [] : ['sign-in'])].toSorted()
  const named = outbox.paused.current.filter(reason => reason !== 'sign-in' || !offlineMode).toSorted()
  if (!same(named, wanted))
    broken('a queue is stopped by what its user chose and by nothing else', { ...at(desk), wanted })
  const isLive = link.current.state === 'live'
  if (isLive !== (signedIn && !offlineMode)) broken('every stream is live again', at(desk))
}

/** It names the record whose create its user gave up, and there is none: he discards it too, or has it refer elsewhere. */
const refersToNothing = ({ device }: Desk, { error }: OutboxEntry): boolean =>
  error?.code === 'given-up' &&
  error.refersTo !== undefined &&
  device.rejoin.table(error.refersTo.table).get(error.refersTo.record) === undefined

const saysWhy = ({ book }: Land, desk: Desk, entry: OutboxEntry): void => {
  const entries = desk.device.entries()
  const isStopped = desk.paused.size > 0 || desk.offlineMode || !desk.signedIn
  const says = (() => {
    switch (entry.state) {
      case 'rejected':
        return entry.error !== undefined && entry.error.code !== '' && entry.error.message !== ''
      case 'held':
        // Held by a create that its user gave up, which is the last he saw of it.
        return (
          entry.question !== undefined ||
          entries.some(({ id }) => id === entry.heldBy) ||
          (entry.heldBy !== undefined && book.by(entry.heldBy).some(({ choice }) => choice === 'discarded')) ||
          refersToNothing(desk, entry)
        )
      case 'accepted':
        // Of a record that is gone here it stays under what is stuck on top of it.
        return isStopped || entries.some(each => each.record === entry.record && each.state !== 'accepted')
      default:
        return isStopped
    }
  })()
  if (!says) broken('every entry goes, or says what it waits for', { ...at(desk), entry })
}
