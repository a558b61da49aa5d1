import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { ByteFault } from '../bytes/reader.ts'
import { flatten } from './document.ts'
import { parseFlat, readFlat } from './flat.ts'
import {
  authorOf,
  clocksIn,
  GUID,
  histories,
  loaded,
  play,
  rawGarbage,
  rawItem,
  rawReplacing,
  rawUpdate,
  saidByYjs,
  waits,
} from './record.fixture.ts'
import { ROOT } from './record.ts'
import { parseStructs, type Structs } from './structs.ts'

/**
 * "Whatever the parser takes, Yjs takes too, to the same effect" means, for any bytes that pass `parseStructs`:
 *  1. Yjs's decoder lists the same structs and delete ranges;
 *  2. `applyUpdate` on a fresh document throws nothing, and makes no root but `fields`;
 *  3. where the bytes are flat as well (`parseFlat`), nothing is pending, clocks and content are the same.
 */
const taken = (bytes: Uint8Array): Structs | undefined => {
  try {
    return parseStructs(bytes)
  } catch (fault) {
    if (!(fault instanceof ByteFault)) throw fault
    return undefined
  }
}

const isFlat = (bytes: Uint8Array): boolean => {
  try {
    parseFlat(bytes)
    return true
  } catch (fault) {
    if (!(fault instanceof ByteFault)) throw fault
    return false
  }
}

const listedByYjs = (bytes: Uint8Array): unknown => {
  const { structs, ds } = Y.decodeUpdate(bytes)
  return {
    structs: structs.map(struct => {
      const place = { client: struct.id.client, clock: struct.id.clock, length: struct.length }
      if (struct instanceof Y.GC) return { kind: 'gc', ...place }
      if (!(struct instanceof Y.Item)) throw new Error('a skip')
      const { content, origin, rightOrigin, parent, parentSub } = struct
      if (!(content instanceof Y.ContentAny) || rightOrigin !== null) throw new Error('no column')
      expect(content.arr.length).toBe(1)
      const value = content.arr[0]
      if (origin !== null)
        return { kind: 'item', ...place, origin: { client: origin.client, clock: origin.clock }, value }
      expect(parent).toBe(ROOT)
      return { kind: 'item', ...place, key: parentSub, value }
    }),
    deletes: [...ds.clients].flatMap(([client, ranges]) =>
      ranges.map(({ clock, len }) => ({ client, clock, length: len })),
    ),
  }
}

const byClient = ({ structs, deletes }: Structs): unknown => ({
  structs,
  // Yjs gathers the ranges of a client; their order within a client stays.
  deletes: [...new Set(deletes.map(({ client }) => client))].flatMap(client =>
    deletes.filter(range => range.client === client),
  ),
})

const provesSame = (bytes: Uint8Array): void => {
  const parsed = taken(bytes)
  if (parsed === undefined) return
  expect(listedByYjs(bytes)).toEqual(byClient(parsed))
  const doc = loaded(bytes)
  expect([...doc.share.keys()].filter(root => root !== ROOT)).toEqual([])
  if (!isFlat(bytes)) return
  expect(waits(doc)).toBe(false)
  expect(clocksIn(doc)).toEqual(parseFlat(bytes).state)
  expect(readFlat(bytes)).toEqual(saidByYjs(doc))
}

test('every update and every document of generated editing through Yjs is taken, to the same effect', () => {
  fc.assert(
    fc.property(histories, steps => {
      const { doc, updates } = play(steps)
      for (const update of updates) {
        expect(taken(update)).toBeDefined()
        provesSame(update)
      }
      provesSame(flatten(doc))
    }),
  )
})

interface Hit {
  readonly do: 'flip' | 'cut' | 'insert' | 'copy'
  readonly at: number
  readonly byte: number
}

const damage: fc.Arbitrary<Hit[]> = fc.array<Hit>(
  fc.oneof(
    fc.record({ do: fc.constant('flip' as const), at: fc.nat(), byte: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ do: fc.constant('cut' as const), at: fc.nat(), byte: fc.nat(8) }),
    fc.record({ do: fc.constant('insert' as const), at: fc.nat(), byte: fc.nat(255) }),
    fc.record({ do: fc.constant('copy' as const), at: fc.nat(), byte: fc.nat(40) }),
  ),
  { minLength: 1, maxLength: 3 },
)

const damaged = (bytes: Uint8Array, by: readonly Hit[]): Uint8Array => {
  const list = [...bytes]
  for (const hit of by) {
    const at = list.length === 0 ? 0 : hit.at % list.length
    if (hit.do === 'flip') list[at] = (list[at] ?? 0) ^ hit.byte
    else if (hit.do === 'cut') list.splice(at, hit.byte)
    else if (hit.do === 'insert') list.splice(at, 0, hit.byte)
    else list.splice(at, 0, ...list.slice(at, at + hit.byte))
  }
  return Uint8Array.from(list)
}

test('of damaged updates and documents too, whatever passes has the same effect in Yjs', () => {
  let passed = 0
  fc.assert(
    fc.property(histories, damage, fc.nat(), (steps, by, pick) => {
      const { doc, updates } = play(steps)
      const sources = [...updates, flatten(doc)]
      const bytes = damaged(sources[pick % sources.length]!, by)
      if (taken(bytes) !== undefined) passed++
      provesSame(bytes)
    }),
    { numRuns: 1500 },
  )
  // Otherwise the property would say nothing.
  expect(passed).toBeGreaterThan(50)
})

const rawStruct = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(3)).map(([key, value]) => rawItem(key, value)),
  fc
    .tuple(fc.nat(2), fc.nat(6), fc.nat(3))
    .map(([client, clock, value]) => rawReplacing(authorOf(client), clock, value)),
  fc.integer({ min: 0, max: 3 }).map(rawGarbage),
)
const rawUpdates = fc
  .tuple(
    fc.array(
      fc.record({
        client: fc.nat(2).map(authorOf),
        clock: fc.constantFrom(0, 0, 0, 1, 4),
        structs: fc.array(rawStruct, { maxLength: 4 }),
      }),
      {
        maxLength: 4,
      },
    ),
    fc.array(fc.tuple(fc.nat(2).map(authorOf), fc.nat(6), fc.nat(4)), { maxLength: 2 }),
  )
  .map(([runs, deletes]) => rawUpdate(runs, deletes))

test('of updates no Yjs would write, whatever passes has the same effect in Yjs', () => {
  let flat = 0
  fc.assert(
    fc.property(rawUpdates, bytes => {
      if (taken(bytes) !== undefined && isFlat(bytes)) flat++
      provesSame(bytes)
    }),
    { numRuns: 2000 },
  )
  expect(flat).toBeGreaterThan(100)
})

test('two runs of one client are refused: Yjs would keep only the last', () => {
  const run = (clock: number, key: string): Parameters<typeof rawUpdate>[0][number] => ({
    client: 7,
    clock,
    structs: [rawItem(key, 1)],
  })
  const bytes = rawUpdate([run(0, 'a'), run(1, 'b')])
  expect(saidByYjs(loaded(bytes)).fields).toEqual({})
  expect(() => parseStructs(bytes)).toThrow('twice')
})

test("an origin in the client's own future is refused: Yjs would throw in the middle", () => {
  const bytes = rawUpdate([{ client: 7, structs: [rawItem('a', 1), rawReplacing(7, 1, 2)] }])
  expect(() => loaded(bytes)).toThrow()
  expect(() => parseStructs(bytes)).toThrow('future')
})

test("an item of the client's own past may be replaced", () => {
  const bytes = rawUpdate([{ client: 7, structs: [rawItem('a', 1), rawReplacing(7, 0, 2)] }])
  expect(parseStructs(bytes).structs).toHaveLength(2)
  expect(saidByYjs(loaded(bytes)).fields).toEqual({ a: 2 })
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('a column called %s is refused', key => {
  expect(() => parseStructs(rawUpdate([{ client: 7, structs: [rawItem(key, 1)] }]))).toThrow('reserved')
})

test('a document without any struct is a record without content', () => {
  expect(readFlat(Uint8Array.of(0, 0))).toEqual({ fields: {}, deleted: false })
  expect(saidByYjs(new Y.Doc({ guid: GUID }))).toEqual({ fields: {}, deleted: false })
})
