import fc from 'fast-check'
import { createEncoder, toUint8Array } from 'lib0/encoding'
import { describe, expect, it } from 'vitest'
import { compareShape, comparedShape } from '../wire/compare.ts'
import type { Shape } from '../wire/shape.ts'
import { addRow, emptyFingerprint, fingerprintText, placeOf, type RowState } from './fingerprint.ts'
import { answer, ask, type Node, root } from './reconcile.ts'

const size = <T>(shape: Shape<T>, value: T): number => {
  const encoder = createEncoder()
  shape.write(encoder, value)
  return toUint8Array(encoder).length
}

/** Plays both sides until nothing differs, and counts what it cost. */
const reconcile = (theirs: readonly RowState[], relay: readonly RowState[]) => {
  let held = [...theirs]
  let nodes: readonly Node[] = [root]
  let trips = 0
  let bytes = 0
  while (nodes.length > 0) {
    const question = ask(held, nodes, '*')
    const found = answer(relay, question, '*')
    trips++
    bytes += size(compareShape, { table: 'workorder', ...question })
    bytes += size(comparedShape, { table: 'workorder', differing: found.differing })
    const sent = new Set(found.send)
    const dropped = new Set(found.drop)
    held = held.filter(({ id }) => !sent.has(id) && !dropped.has(id)).concat(relay.filter(({ id }) => sent.has(id)))
    bytes += found.drop.join('').length
    nodes = found.differing
  }
  return { held, trips, bytes, moved: trips }
}

const rows = (count: number): RowState[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    rev: n + 1,
  }))

const byId = (some: readonly RowState[]): RowState[] => some.toSorted((a, b) => (a.id < b.id ? -1 : 1))

describe('reconciliation', () => {
  it('finds one differing row in 100,000 in at most 6 round trips and 20 kB', () => {
    const relay = rows(100_000)
    for (const broken of [
      relay.with(77_777, { ...relay[77_777]!, rev: 5_000_000 }),
      relay.toSpliced(31_415, 1),
      [...relay, { id: 'left-the-scope', rev: 9 }],
    ]) {
      const { held, trips, bytes } = reconcile(broken, relay)
      expect(byId(held)).toEqual(relay)
      expect(trips).toBeLessThanOrEqual(5)
      expect(bytes).toBeLessThan(20_000)
    }
  })

  it('ends with the relay’s rows whatever the device held', () => {
    const row = fc.record({
      id: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 1, maxLength: 3 }),
      rev: fc.integer({ min: 1, max: 5 }),
    })
    const set = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 300 })
    fc.assert(
      fc.property(set, set, (device, relay) => {
        expect(byId(reconcile(device, relay).held)).toEqual(byId(relay))
      }),
      { numRuns: 200 },
    )
  })

  it('costs one question where nothing differs', () => {
    const relay = rows(1_000)
    expect(reconcile(relay, relay).trips).toBe(1)
  })
})

describe('fingerprints', () => {
  const of = (some: readonly RowState[], columnSet = '*'): string => {
    const sum = emptyFingerprint()
    for (const row of some) addRow(sum, row, columnSet)
    return fingerprintText(sum)
  }

  it('do not depend on order, and tell any id, revision or column set apart', () => {
    const some = rows(500)
    expect(of(some.toReversed())).toBe(of(some))
    const seen = new Set([of(some), of(some, 'ab')])
    for (let n = 0; n < 500; n++) {
      seen.add(of(some.toSpliced(n, 1)))
      seen.add(of(some.with(n, { ...some[n]!, rev: some[n]!.rev + 1 })))
      seen.add(of(some.with(n, { ...some[n]!, rev: some[n]!.rev + 2 ** 32 })))
    }
    expect(seen.size).toBe(1_502)
  })

  it('have no two equal hashes among 200,000 near ids and revisions, lane by lane nearly so', () => {
    const seen = new Set<string>()
    for (let n = 0; n < 100_000; n++) {
      seen.add(of([{ id: `r${n}`, rev: 1 }]))
      seen.add(of([{ id: 'r', rev: n + 1 }]))
    }
    expect(seen.size).toBe(200_000)
  })

  it('spread rows evenly over the parts of a node', () => {
    const parts = new Map<number, number>()
    for (const { id } of rows(64_000)) parts.set(placeOf(id) >>> 24, (parts.get(placeOf(id) >>> 24) ?? 0) + 1)
    expect(parts.size).toBe(64)
    expect(Math.min(...parts.values())).toBeGreaterThan(700)
    expect(Math.max(...parts.values())).toBeLessThan(1_300)
  })
})
