import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowed, dueAt, isPushed, nextPass, type SyncChoice, type Timed } from './schedule.ts'

const MINUTE = 60_000
const table = (name: string, more: Partial<Timed> = {}): Timed => ({ table: name, last: 0, related: [], ...more })
const auto: SyncChoice = { mode: 'auto' }

describe('when a table is brought up to date', () => {
  it('[DS1] at once where nothing stands against it; by passes at its interval, or after 5 minutes, where something does', () => {
    expect(dueAt(auto, table('a'))).toBe('at once')
    expect(dueAt(auto, table('a', { interval: 60 }))).toBe(60 * MINUTE)
    expect(dueAt({ mode: 'auto', wifiOnly: true }, table('a'))).toBe(5 * MINUTE)
    expect(dueAt({ mode: 'auto', wifiOnly: true }, table('a', { interval: 60 }))).toBe(60 * MINUTE)
  })

  it('[DS12] a longer interval lengthens, a shorter one does not shorten; manual never comes by itself', () => {
    expect(dueAt({ mode: 'interval', minutes: 30 }, table('a'))).toBe(30 * MINUTE)
    expect(dueAt({ mode: 'interval', minutes: 30 }, table('a', { interval: 60 }))).toBe(60 * MINUTE)
    expect(dueAt({ mode: 'interval', minutes: 1 }, table('a'))).toBe(5 * MINUTE)
    expect(dueAt({ mode: 'manual' }, table('a', { interval: 60 }))).toBeUndefined()
    expect(nextPass({ mode: 'manual' }, [table('a')], 1e12, false)).toBeUndefined()
  })

  it('[DS12] what is not allowed falls back to what is', () => {
    expect(allowed({ mode: 'manual' }, ['interval', 'auto'])).toEqual({ mode: 'interval' })
    expect(allowed({ mode: 'manual' }, undefined)).toEqual({ mode: 'manual' })
  })

  it('[DS11] nothing by itself over a metered network where the user wants Wi-Fi only, however long it has been', () => {
    const wifi: SyncChoice = { mode: 'auto', wifiOnly: true }
    expect(nextPass(wifi, [table('a')], 1e12, true)).toBeUndefined()
    expect(nextPass(wifi, [table('a')], 1e12, false)).toMatchObject({ tables: ['a'] })
    expect(nextPass(auto, [table('a', { interval: 60 })], 1e12, true)).toMatchObject({ tables: ['a'] })
  })

  it('what is not here is due at once, whatever was chosen', () => {
    const { last: _, ...missing } = table('a')
    for (const mode of ['auto', 'interval', 'manual'] as const)
      expect(nextPass({ mode, wifiOnly: true }, [missing, table('b')], 7, false)).toMatchObject({ at: 0 })
  })

  it('[DS9] related tables go along, unless they are pushed anyway', () => {
    const tables = [
      table('order', { interval: 10, related: ['note'] }),
      table('note', { interval: 720, related: ['order'] }),
      table('item', { related: ['order'] }),
      table('account', { interval: 720 }),
    ]
    expect(nextPass(auto, tables, 11 * MINUTE, false)).toEqual({ at: 10 * MINUTE, tables: ['order', 'note'] })
  })

  it('a pass takes all that is due, nothing is due twice, and the next one is never after the first that is', () => {
    const minutes = fc.integer({ min: 5, max: 1440 })
    const any = fc.record({
      last: fc.nat(1e7),
      interval: fc.option(minutes, { nil: undefined }),
      related: fc.constant([]),
    })
    const choice = fc.oneof(
      fc.constant(auto),
      fc.record({ mode: fc.constant('interval' as const), minutes }),
      fc.constant({ mode: 'auto' as const, wifiOnly: true }),
    )
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 8 }),
        choice,
        fc.nat(1e8),
        (given, chosen: SyncChoice, now) => {
          const tables = given.map(({ interval, ...rest }, n): Timed => ({
            table: `t${n}`,
            ...rest,
            ...(interval === undefined ? {} : { interval }),
          }))
          const times = tables.flatMap(each => {
            if (isPushed(chosen) && each.interval === undefined) return []
            const wait = Math.max(each.interval ?? 5, chosen.mode === 'interval' ? (chosen.minutes ?? 0) : 0)
            return [{ name: each.table, at: each.last! + wait * MINUTE }]
          })
          const first = Math.min(...times.map(({ at }) => at))
          const next = nextPass(chosen, tables, now, false)
          if (times.length === 0) {
            expect(next).toBeUndefined()
            return
          }
          expect(next).toEqual({
            at: first,
            tables: times.filter(({ at }) => at <= Math.max(first, now)).map(({ name }) => name),
          })
        },
      ),
    )
  })
})
