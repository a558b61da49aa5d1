import { MAX_FRAME_BYTES } from '@rejoin/profile'

/** How much one connection may ask for (RELIABILITY.md, section 4). Times in ms, sizes in bytes. */
export interface Limits {
  /** one frame */
  readonly frameBytes: number
  readonly fragments: number
  /** time to say hello */
  readonly greeting: number
  readonly messagesPerSecond: number
  readonly messagesBurst: number
  readonly bytesPerSecond: number
  readonly bytesBurst: number
  /** inputs no honest device sends, per minute, before the connection ends */
  readonly suspicious: number
  /** unacknowledged pages */
  readonly window: number
  /** bytes waiting in the socket before the reader counts as slow, and how long it may stay so */
  readonly slowBytes: number
  readonly slowFor: number
  /** how long the window may stay full and unmoved: a page of `pageBytes` takes as long at 5 kB/s */
  readonly unmovedFor: number
  /** rows and bytes of commits that wait for a device that catches up; beyond, it catches up again */
  readonly missedRows: number
  readonly missedBytes: number
  /** questions of a device about what it holds that wait for their turn */
  readonly comparing: number
  /** rows read for them, apart from what other sessions' questions have read */
  readonly comparedPerSecond: number
  readonly comparedBurst: number
  readonly pageRows: number
  readonly pageBytes: number
}

export const limits: Limits = {
  frameBytes: MAX_FRAME_BYTES,
  fragments: 64,
  greeting: 5_000,
  messagesPerSecond: 50,
  messagesBurst: 200,
  bytesPerSecond: 512 * 1024,
  bytesBurst: 8 * 1024 * 1024,
  suspicious: 3,
  window: 8,
  slowBytes: 4 * 1024 * 1024,
  slowFor: 10_000,
  unmovedFor: 60_000,
  missedRows: 2_000,
  missedBytes: 8 * 1024 * 1024,
  comparing: 64,
  comparedPerSecond: 200_000,
  comparedBurst: 10_000_000,
  pageRows: 512,
  pageBytes: 256 * 1024,
}

/** A bucket that fills with time: pure, so that tests own the clock. */
export interface Bucket {
  readonly level: number
  readonly at: number
}

export const fullBucket = (burst: number, now: number): Bucket => ({ level: burst, at: now })

/** @returns the bucket after taking `amount`, undefined where it does not hold that much */
export const take = (
  bucket: Bucket,
  amount: number,
  perSecond: number,
  burst: number,
  now: number,
): Bucket | undefined => {
  const elapsed = Math.max(0, now - bucket.at)
  const level = Math.min(burst, bucket.level + (elapsed / 1000) * perSecond) - amount
  return level < 0 ? undefined : { level, at: now }
}
