import { expect, it } from 'vitest'
import { pauseBefore, rested, spoke } from './pace.ts'

/** RELIABILITY.md, section 4: what a relay allows one connection. */
const ALLOWED = { messagesPerSecond: 50, messagesBurst: 200, bytesPerSecond: 512 * 1024, bytesBurst: 8 * 1024 * 1024 }

const flood = (frame: number, seconds: number): { readonly at: number; readonly bytes: number }[] => {
  const sent: { at: number; bytes: number }[] = []
  let now = 0
  for (let pace = rested(now); now < seconds * 1000;) {
    now += pauseBefore(pace, now)
    pace = spoke(pace, frame, now)
    sent.push({ at: now, bytes: frame })
  }
  return sent
}

it.each([100, 20_000, 500_000])('a device with endless frames of %i bytes never passes what a relay allows', frame => {
  let messages = ALLOWED.messagesBurst
  let bytes = ALLOWED.bytesBurst
  let before = 0
  for (const { at, bytes: size } of flood(frame, 60)) {
    const seconds = (at - before) / 1000
    before = at
    messages = Math.min(ALLOWED.messagesBurst, messages + seconds * ALLOWED.messagesPerSecond) - 1
    bytes = Math.min(ALLOWED.bytesBurst, bytes + seconds * ALLOWED.bytesPerSecond) - size
    expect(Math.min(messages, bytes)).toBeGreaterThanOrEqual(0)
  }
})

it('a device that has said little does not wait', () => {
  expect(pauseBefore(spoke(rested(0), 1_000, 0), 0)).toBe(0)
})
