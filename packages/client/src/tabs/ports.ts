import { type ChannelPort, createChannelSpace, openBroadcastChannel } from './channel.ts'
import { createLockSpace, type LockPort } from './locks.ts'

/** What joins the tabs of one browser. */
export interface TabPorts {
  /** who leads is who holds one */
  readonly locks: LockPort
  /** what one tab says all others of this name hear */
  readonly channel: (name: string) => ChannelPort
}

/**
 * The browser's own; where it has none (Node, a page that is not served securely) the tabs of this program alone know
 * of each other, and another program on the same store is kept out by the fence.
 */
export const systemPorts = (): TabPorts =>
  typeof navigator === 'object' && 'locks' in navigator && typeof BroadcastChannel === 'function'
    ? { locks: navigator.locks as unknown as LockPort, channel: openBroadcastChannel }
    : { locks: ownLocks.enter(), channel: ownChannels.open }

const ownLocks = createLockSpace()
const ownChannels = createChannelSpace()
