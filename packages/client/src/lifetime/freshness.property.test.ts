import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageOf, heard, isLookDue, isRefreshDue, looked, refreshed } from './freshness.ts'

const HOUR = 3_600_000

describe('freshness', () => {
  it('[CA7] a clock set back at any moment never makes what is held younger, and looks change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 10 * HOUR }), fc.integer({ min: -50 * HOUR, max: 0 }))),
        steps => {
          let now = 1_000 * HOUR
          let fresh = refreshed(5 * HOUR, now)
          let truth = 0
          for (const [passed, setBack] of steps) {
            now += passed
            truth += passed
            // The device looks before anybody can set the clock: it looks whenever it may be used.
            fresh = looked(fresh, now)
            expect(ageOf(fresh, now)).toBe(truth)
            now += setBack
            expect(ageOf(fresh, now)).toBe(truth)
            fresh = looked(fresh, now)
          }
        },
      ),
    )
  })

  it("[CA7] the relay's clock counts where it says more than the device's, and only where it moves on", () => {
    const fresh = refreshed(100 * HOUR, 0)
    expect(ageOf(heard(fresh, 160 * HOUR), HOUR)).toBe(60 * HOUR)
    expect(ageOf(heard(heard(fresh, 160 * HOUR), 110 * HOUR), HOUR)).toBe(60 * HOUR)
    expect(ageOf(heard(fresh, 101 * HOUR), 30 * HOUR)).toBe(30 * HOUR)
  })

  it('[CA7] a timer that ran counts where the clock stood still or went back', () => {
    const fresh = refreshed(0, 10 * HOUR)
    expect(looked(fresh, 10 * HOUR, HOUR).age).toBe(HOUR)
    expect(looked(fresh, 3 * HOUR, HOUR).age).toBe(HOUR)
    expect(looked(fresh, 12 * HOUR, HOUR).age).toBe(2 * HOUR)
  })

  it('is written down again after a minute, whichever way the clock went', () => {
    const fresh = refreshed(0, 1_000_000)
    expect([1_000_000, 1_059_999, 940_001].map(now => isLookDue(fresh, now))).toEqual([false, false, false])
    expect([1_060_000, 940_000].map(now => isLookDue(fresh, now))).toEqual([true, true])
    // A look in between makes nothing younger: the refresh is due all the same.
    expect(isRefreshDue(looked(fresh, 1_060_000), 1_060_000)).toBe(true)
    expect(isRefreshDue(fresh, 1_059_999)).toBe(false)
    expect(isRefreshDue(undefined, 0)).toBe(true)
  })
})
