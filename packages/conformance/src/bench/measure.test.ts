import { describe, expect, it } from 'vitest'
import { bars } from './bars.ts'
import { measure, quantile, settle, type Figure } from './measure.ts'
import type { Side } from './sides.ts'

const figure = (name: string, value: number): Figure => ({ name, value, unit: 'x' })
const never = (): Promise<never> => Promise.reject(new Error('not part of this test'))
const side = (name: string): Side => ({
  name,
  firstSync: never,
  flush: never,
  live: never,
  fanout: never,
  reconnect: never,
  commit: never,
  idleMemory: never,
  sessionMemory: never,
  close: () => Promise.resolve(),
})

describe('a measure', () => {
  it('takes the median of each side and ours over the baseline', () => {
    const ours = [9, 1, 5, 7, 3].map(value => [figure('live', value)])
    const theirs = [2, 100, 2, 2, 1].map(value => [figure('live', value)])
    expect(settle(ours, theirs)).toEqual([
      { name: 'live', value: 5, unit: 'x', baseline: 2, ratio: 2.5, bar: 3, pass: true },
    ])
  })

  it.each([
    ['first-sync', 0.6, true],
    ['first-sync', 0.59, false],
    ['flush', 8, true],
    ['flush', 8.01, false],
    ['live', 3.01, false],
    ['fanout', 2.5, true],
    ['fanout', 2.51, false],
  ])('%s at %f times the baseline passes: %s', (name, ratio, pass) => {
    expect(settle([[figure(name, ratio * 100)]], [[figure(name, 100)]])[0]).toMatchObject({
      pass,
      bar: bars[name]?.limit,
    })
  })

  it.each([
    ['reconnect', 1, true],
    ['reconnect', 2, false],
    ['reconnect.up', 1999, true],
    ['reconnect.down', 2000, false],
    ['memory', 149.9, true],
    ['memory', 150, false],
  ])('%s at %f passes whatever the baseline needs: %s', (name, value, pass) => {
    expect(settle([[figure(name, value)]], [[figure(name, 1)]])[0]?.pass).toBe(pass)
  })

  it('misses its bar when the baseline has no such figure or ours is not a number', () => {
    expect(settle([[figure('live', 1)]], [])[0]).toMatchObject({ baseline: null, ratio: null, pass: false })
    expect(settle([[figure('memory', Number.NaN)]], [])[0]?.pass).toBe(false)
  })

  it('reads quantiles between two values by their distance', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5)
  })
})

describe('rounds', () => {
  it('alternate which side goes first and throw the warm-up away', async () => {
    const order: string[] = []
    const pair = { ours: side('ours'), baseline: side('theirs') }
    const [live] = await measure(
      pair,
      working => {
        order.push(working.name)
        return Promise.resolve([figure('live', order.length)])
      },
      { rounds: 2 },
    )
    expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs'])
    // Rounds two and three: ours worked 4th and 5th, the baseline 3rd and 6th.
    expect(live).toMatchObject({ value: 4.5, baseline: 4.5, ratio: 1 })
  })
})
