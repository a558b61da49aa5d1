/**
 * How fast a device may speak: a little less than a relay allows (messages and bytes per second, over a burst), so
 * that a long outbox is never taken for a flood. Pure; the clock is handed in.
 */
export interface Pace {
  readonly messages: number
  readonly bytes: number
  /** ms since 1970 */
  readonly at: number
}

const MESSAGES_PER_SECOND = 40
const MESSAGES_BURST = 150
const BYTES_PER_SECOND = 400 * 1024
const BYTES_BURST = 6 * 1024 * 1024

export const rested = (now: number): Pace => ({ messages: MESSAGES_BURST, bytes: BYTES_BURST, at: now })

export const spoke = (pace: Pace, bytes: number, now: number): Pace => {
  const filled = refilled(pace, now)
  return { messages: filled.messages - 1, bytes: filled.bytes - bytes, at: now }
}

/** ms until the next message may go */
export const pauseBefore = (pace: Pace, now: number): number => {
  const { messages, bytes } = refilled(pace, now)
  const forMessages = messages >= 1 ? 0 : (1 - messages) / MESSAGES_PER_SECOND
  const forBytes = bytes >= 0 ? 0 : -bytes / BYTES_PER_SECOND
  return Math.ceil(Math.max(forMessages, forBytes) * 1000)
}

const refilled = ({ messages, bytes, at }: Pace, now: number): Pace => {
  const seconds = Math.max(0, now - at) / 1000
  return {
    messages: Math.min(MESSAGES_BURST, messages + seconds * MESSAGES_PER_SECOND),
    bytes: Math.min(BYTES_BURST, bytes + seconds * BYTES_PER_SECOND),
    at: now,
  }
}
