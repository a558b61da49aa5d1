import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSame, kept, keptList } from './same.ts'

describe('what was before', () => {
  it('is the same exactly where both say the same as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b) => {
        const copy: unknown = structuredClone(a)
        // JSON knows no -0 and no order of keys that matters: a copy, and what differs from it as text.
        expect(isSame(a, copy)).toBe(true)
        if (isSame(a, b)) expect(JSON.stringify(sorted(a))).toBe(JSON.stringify(sorted(b)))
      }),
    )
  })

  it('tells a missing key from an undefined one, a list from an object, and -0 from 0', () => {
    expect(isSame({ a: undefined }, {})).toBe(false)
    expect(isSame({ a: undefined }, { b: undefined })).toBe(false)
    expect(isSame([], {})).toBe(false)
    expect(isSame({}, [])).toBe(false)
    expect(isSame(-0, 0)).toBe(false)
    expect(isSame(null, {})).toBe(false)
  })

  it('compares what is not plain data by identity', () => {
    const run = (): void => {}
    expect(isSame({ run }, { run })).toBe(true)
    expect(isSame({ run }, { run: () => {} })).toBe(false)
    expect(isSame(new Uint8Array([1]), new Uint8Array([1]))).toBe(false)
    expect(isSame(new Map(), new Map())).toBe(false)
  })

  it('is handed out again where the value after says the same', () => {
    const before = { rows: [{ id: 'a', tags: ['x'] }] }
    expect(kept(before, structuredClone(before))).toBe(before)
    const after = { rows: [{ id: 'a', tags: ['y'] }] }
    expect(kept(before, after)).toBe(after)
    expect(kept(undefined, after)).toBe(after)
  })

  it('is, as a list, the same members in the same order', () => {
    const [a, b] = [{ id: 'a' }, { id: 'b' }]
    const before = [a, b]
    expect(keptList(before, [a, b])).toBe(before)
    for (const after of [[b, a], [a], [a, { id: 'b' }]]) expect(keptList(before, after)).toBe(after)
  })
})

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, each]) => [key, sorted(each)])
          .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      : value
