import type { Fault } from '@rejoin/profile'
import type { CacheState } from '../lifetime/cache-state.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import { isGreeted, type LinkStatus } from '../session/link.ts'
import { SIGN_IN } from '../session/sign-in.ts'
import type { Loss } from '../storage/loss.ts'
import type { Room } from '../storage/port.ts'
import type { StorageStatus } from '../storage/watch.ts'
import type { Failure } from './failure.ts'
import type { Pending } from './status.ts'

/** What is to be seen of a device when its status is asked for. */
export interface Seen {
  readonly link: LinkStatus
  readonly cache: CacheState
  readonly ready: boolean
  readonly failure: Failure | undefined
  readonly storage: StorageStatus
  readonly entries: readonly OutboxEntry[]
  /** names of what keeps the queue from being sent */
  readonly paused: readonly string[]
}

/** Somebody has to do something, or work is in danger. */
export const errorsIn = ({ link, cache, failure, storage, entries }: Seen): readonly Fault[] => {
  const stuck = entries.filter(({ error, question }) => error !== undefined || question !== undefined)
  return [
    ...(storage.lost === undefined ? [] : [removed(storage.lost)]),
    ...(link.fault === undefined ? [] : [link.fault]),
    ...(failure === undefined || failure.over || failure.fault.code === link.fault?.code ? [] : [failure.fault]),
    ...(cache.state === 'expired' ? [expired] : []),
    ...(stuck.length === 0 ? [] : [refused(stuck.length)]),
  ]
}

/** It will matter soon, or matters only without a network. */
export const warningsIn = ({ link, cache, ready, storage, entries, paused }: Seen): readonly Fault[] => [
  ...(storage.durability === 'none' ? [notKept] : []),
  ...(!ready && !isGreeted(link) ? [notReady] : []),
  ...(cache.state === 'expiring' && link.state !== 'live' ? [expiring(cache.left)] : []),
  ...(storage.room !== undefined && storage.room.used >= NEARLY * storage.room.quota ? [nearlyFull(storage.room)] : []),
  ...(entries.length > 0 && stopped(paused).length > 0 ? [held(stopped(paused))] : []),
]

/** What the author still means and no relay has accepted. */
export const pendingIn = (entries: readonly OutboxEntry[], table?: string): Pending => {
  const open = entries.filter(each => each.state !== 'accepted' && (table === undefined || each.table === table))
  return { records: new Set(open.map(each => `${each.table}/${each.record}`)).size, operations: open.length }
}

const refused = (count: number): Fault => ({
  code: 'refused',
  at: 'outbox',
  message: count === 1 ? 'one change needs a decision' : `${count} changes need a decision`,
  fix: 'open the outbox, then correct, retry or delete them',
})

const removed = ({ unsent, seen }: Loss): Fault => ({
  code: 'removed',
  at: 'store',
  message: `your offline data was removed by the browser${unsent === 0 ? '' : `; ${unsent} unsent ${unsent === 1 ? 'change' : 'changes'} may be lost`} (last seen ${new Date(seen).toISOString()})`,
  fix: 'connect to download again, and look whether your last changes arrived',
})

/** of the room there is: work without a network may need the rest */
const NEARLY = 0.7

const nearlyFull = ({ used, quota }: Room): Fault => ({
  code: 'nearly-full',
  at: 'store',
  message: `${Math.floor((100 * used) / quota)} % of the room on this device is used`,
  fix: 'free some space before it is full',
})

const expired: Fault = {
  code: 'expired',
  at: 'cache',
  message: 'the offline data of this device has expired',
  fix: 'go online and let it synchronise; unsent work is kept',
}

const notKept: Fault = {
  code: 'not-kept',
  at: 'store',
  message: 'this browser keeps no data of this site: what is not sent is lost when the page is closed',
  fix: 'stay connected until everything is sent, or allow the site to keep data and open it in a window that is not private',
}

const notReady: Fault = {
  code: 'not-ready',
  at: 'cache',
  message: 'the first download is not complete, so this app cannot be used offline yet',
  fix: 'connect and let it finish',
}

const expiring = (left: number): Fault => ({
  code: 'expiring',
  at: 'cache',
  message: `the offline data of this device expires in less than ${left < 3_600_000 ? `${left / 60_000} minutes` : `${left / 3_600_000} h`}`,
  fix: 'go online before that',
})

/** That sending waits for the user is what he chose. */
const stopped = (paused: readonly string[]): readonly string[] => paused.filter(reason => reason !== 'manual')

const held = (reasons: readonly string[]): Fault => ({
  code: 'paused',
  at: 'outbox',
  message: `sending is paused (${reasons.join(', ')})`,
  fix: reasons.includes(SIGN_IN) ? 'sign in again' : 'resume sending',
})
