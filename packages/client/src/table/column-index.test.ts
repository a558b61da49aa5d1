import { byCodePoint, type Comparable, type Sought } from '@rejoin/profile'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createColumnIndex } from './column-index.ts'

/** null: the record is gone */
type Held = Comparable | null

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const numbers = fc.integer({ min: -3, max: 12 })
const texts = fc.constantFrom('1', '10', '2', 'x', '\u{ff21}', '\u{1f600}')

const soughtOf = (value: fc.Arbitrary<number | string>): fc.Arbitrary<Sought> => {
  const bound = fc.record({ value, open: fc.boolean() })
  return fc.oneof(
    fc.constant({ test: 'absent' } as const),
    fc.record({ test: fc.constant('equal' as const), to: fc.option(value, { nil: undefined }) }),
    fc.record({ test: fc.constant('among' as const), values: fc.array(value, { maxLength: 4 }) }),
    value.map(other => ({ test: 'tested' as const, holds: (held: Comparable) => held !== other })),
    fc.record({ test: fc.constant('range' as const), low: bound }),
    fc.record({ test: fc.constant('range' as const), high: bound }),
    fc.record({ test: fc.constant('range' as const), low: bound, high: bound }),
  )
}

const answers = (sought: Sought, value: Comparable): boolean => {
  if (sought.test === 'absent') return value === undefined
  if (sought.test === 'tested') return sought.holds(value)
  if (value === undefined) return false
  if (sought.test === 'equal') return value === sought.to
  if (sought.test === 'among') return sought.values.some(each => each === value)
  const order = (to: string | number): number =>
    typeof to === 'number' ? (value as number) - to : byCodePoint(value as string, to)
  const { low, high } = sought
  if (low !== undefined && (low.open ? order(low.value) <= 0 : order(low.value) < 0)) return false
  return high === undefined || (high.open ? order(high.value) < 0 : order(high.value) <= 0)
}

/** Records that are set and go, and questions in between; several changes may come before anybody asks. */
const checkOn = (value: fc.Arbitrary<number | string>): void => {
  const change = fc.tuple(id, fc.oneof(value, fc.constantFrom(undefined, null)))
  const step = fc.record({
    changes: fc.array(change, { maxLength: 4 }),
    ask: fc.array(soughtOf(value), { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), fc.array(step, { maxLength: 10 }), (first, steps) => {
      const model = new Map<string, Comparable>()
      const set = (of: string, held: Held): void => {
        if (held === null) model.delete(of)
        else model.set(of, held)
      }
      for (const [of, held] of first) set(of, held)
      const index = createColumnIndex(of => (model.has(of) ? { value: model.get(of) } : undefined))
      for (const [of, held] of model) index.add(of, held)
      for (const { changes, ask } of steps) {
        const before = new Map(model)
        for (const [of, held] of changes) {
          set(of, held)
          index.changed(of)
        }
        for (const sought of ask) {
          const expected = [...model].flatMap(([of, held]) => (answers(sought, held) ? [of] : []))
          const found = index.find(sought)
          expect([...found.ids()].toSorted()).toEqual(expected.toSorted())
          expect(found.size).toBe(expected.length)
        }
        for (const [of] of changes) {
          const around = new Set(index.around(of))
          if (model.has(of)) expect(around).toContain(model.get(of))
          if (before.has(of)) expect(around).toContain(before.get(of))
        }
      }
    }),
    { numRuns: 300 },
  )
}

it('an index of numbers answers what looking at each record answers, each record once', () => checkOn(numbers))
it('an index of texts orders them by code point', () => checkOn(texts))
