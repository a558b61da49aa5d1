import { decodeDown, decodeUp, type Down, encodeDown, encodeUp, type Up } from '@rejoin/profile'

/**
 * What two devices say to each other, in the shapes both say to a relay already: `welcome` shows a grant, `compare`,
 * `compared` and `changes` reconcile confirmed rows, `push` and `withdraw` tell of pending edits. One byte before each
 * frame tells the two unions apart.
 */
export type PeerMessage =
  | Extract<Up, { type: 'compare' | 'push' | 'withdraw' }>
  | Extract<Down, { type: 'welcome' | 'compared' | 'changes' }>

const UP = 0
const DOWN = 1

export const encodePeer = (message: PeerMessage): Uint8Array => {
  const up = message.type === 'compare' || message.type === 'push' || message.type === 'withdraw'
  const frame = up ? encodeUp(message) : encodeDown(message)
  const marked = new Uint8Array(frame.length + 1)
  marked[0] = up ? UP : DOWN
  marked.set(frame, 1)
  return marked
}

/** @returns undefined for what devices do not say to each other. @throws FrameFault */
export const decodePeer = (marked: Uint8Array): PeerMessage | undefined => {
  const frame = marked.subarray(1)
  if (marked[0] === UP) {
    const message = decodeUp(frame)
    return message.type === 'compare' || message.type === 'push' || message.type === 'withdraw' ? message : undefined
  }
  const message = decodeDown(frame)
  return message.type === 'welcome' || message.type === 'compared' || message.type === 'changes' ? message : undefined
}
