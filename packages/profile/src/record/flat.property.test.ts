import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as Y from 'yjs'
import { ByteFault } from '../bytes/reader.ts'
import type { Value } from '../schema/schema.ts'
import { difference, flatten, hasPending, hydrate, recordWrites, settleDocument } from './document.ts'
import { parseFlat, readFlat, redact, wantedOf } from './flat.ts'
import { checkUpdate } from './gate.ts'
import {
  anEdit,
  authorOf,
  clocksIn,
  COLUMNS,
  contains,
  GUID,
  histories,
  loaded,
  over,
  play,
  rawGarbage,
  rawItem,
  rawReplacing,
  rawUpdate,
  saidByYjs,
  values,
  waits,
} from './record.fixture.ts'
import { type Content, DELETED, ROOT } from './record.ts'

const AUTHORITY = 2 ** 52 + 5
const DEVICE = 77 * 256

const writes = fc.dictionary(fc.constantFrom(...COLUMNS), values, { minKeys: 1, maxKeys: 4 })
const rounds = fc.array(writes, { maxLength: 6 })

/** The relay's own writes on a record, collected each time. */
const later = (bytes: Uint8Array, by: readonly Readonly<Record<string, Value>>[]): Uint8Array =>
  by.reduce(
    (standing, changes) => settleDocument(GUID, standing, undefined, over(readFlat(standing), changes), AUTHORITY),
    bytes,
  )

test('the flat form keeps content and clocks, and the direct reader says what Yjs says', () => {
  fc.assert(
    fc.property(histories, steps => {
      const { doc } = play(steps)
      const flat = flatten(doc)
      expect(readFlat(flat)).toEqual(saidByYjs(doc))
      expect(parseFlat(flat).state).toEqual(clocksIn(doc))
      const again = loaded(flat)
      expect(waits(again)).toBe(false)
      expect(saidByYjs(again)).toEqual(saidByYjs(doc))
      expect(clocksIn(again)).toEqual(clocksIn(doc))
    }),
  )
})

test('the flat form of a flat document is the same bytes', () => {
  fc.assert(
    fc.property(histories, steps => {
      const flat = flatten(play(steps).doc)
      expect(flatten(loaded(flat))).toEqual(flat)
      expect(redact(flat, new Set(COLUMNS))).toEqual(flat)
    }),
  )
})

test('an edit recorded on an old document merges after its origins were collected, with nothing pending', () => {
  fc.assert(
    fc.property(histories, writes, rounds, (steps, mine, others) => {
      const old = flatten(play(steps).doc)
      const { update } = recordWrites(GUID, [old], DEVICE, mine)
      const collected = later(old, others)
      expect(checkUpdate(anEdit({ update, changes: changed(mine) }), parseFlat(collected), [DEVICE / 256])).toEqual({
        pass: true,
      })

      const doc = loaded(collected, update)
      expect(waits(doc)).toBe(false)
      expect(clocksIn(doc).get(DEVICE)).toBe(Object.keys(mine).length)

      const expected = over(readFlat(collected), mine)
      const settled = settleDocument(GUID, collected, update, expected, AUTHORITY)
      expect(readFlat(settled)).toEqual(expected)
      expect(saidByYjs(loaded(settled))).toEqual(expected)
    }),
  )
})

const changed = (after: Readonly<Record<string, Value>>): Record<string, [Value, Value]> =>
  Object.fromEntries(Object.entries(after).map(([column, value]) => [column, [null, value]]))

test('the work document after a recording says the same as the confirmed one with the update applied', () => {
  fc.assert(
    fc.property(histories, fc.array(writes, { minLength: 1, maxLength: 4 }), (steps, chain) => {
      const confirmed = flatten(play(steps).doc)
      const updates: Uint8Array[] = []
      let work: Uint8Array | undefined
      for (const mine of chain) {
        const recorded = recordWrites(GUID, work === undefined ? [confirmed] : [work], DEVICE, mine)
        // From the bytes of the parts or from the last work document: the same update.
        expect(recordWrites(GUID, [confirmed, ...updates], DEVICE, mine).update).toEqual(recorded.update)
        updates.push(recorded.update)
        work = recorded.work
      }
      const whole = loaded(confirmed, ...updates)
      expect(work).toEqual(flatten(whole))
      expect(readFlat(work!)).toEqual(chain.reduce(over, saidByYjs(loaded(confirmed))))
    }),
  )
})

test('a redacted document hides the values of hidden columns and keeps content, mark and clocks of the rest', () => {
  fc.assert(
    fc.property(histories, fc.subarray([...COLUMNS]), (steps, shown) => {
      const canaried = COLUMNS.map((column, index) => [column, `canary-${index}`] as const)
      const flat = later(flatten(play(steps).doc), [Object.fromEntries(canaried)])
      const visible = new Set(shown)
      const part = redact(flat, visible)
      for (const [column, canary] of canaried) {
        expect(contains(part, canary)).toBe(visible.has(column))
        expect(contains(part, column)).toBe(visible.has(column))
      }
      const full = saidByYjs(loaded(flat))
      const doc = loaded(part)
      expect(waits(doc)).toBe(false)
      expect(saidByYjs(doc)).toEqual(cut(full, visible))
      expect(readFlat(part)).toEqual(cut(full, visible))
      expect(clocksIn(doc)).toEqual(clocksIn(loaded(flat)))
      expect(redact(part, visible)).toEqual(part)
    }),
  )
})

const cut = ({ fields, deleted }: Content, visible: ReadonlySet<string>): Content => ({
  fields: Object.fromEntries(Object.entries(fields).filter(([column]) => visible.has(column))),
  deleted,
})

test('an edit recorded on a redacted document passes the gate and touches no hidden column of the full one', () => {
  fc.assert(
    fc.property(
      histories,
      fc.subarray([...COLUMNS], { minLength: 1 }),
      writes,
      rounds,
      (steps, shown, wish, others) => {
        const visible = new Set(shown)
        const mine = Object.fromEntries(Object.entries(wish).filter(([column]) => visible.has(column)))
        fc.pre(Object.keys(mine).length > 0)
        const flat = flatten(play(steps).doc)
        const { update } = recordWrites(GUID, [redact(flat, visible)], DEVICE, mine)
        for (const standing of [flat, later(flat, others)]) {
          const edit = anEdit({ update, changes: changed(mine) })
          expect(checkUpdate(edit, parseFlat(standing), [DEVICE / 256])).toEqual({ pass: true })
          const before = saidByYjs(loaded(standing))
          const after = loaded(standing, update)
          expect(waits(after)).toBe(false)
          // By Yjs alone, without the assertion that settles a record.
          expect(hidden(saidByYjs(after), visible)).toEqual(hidden(before, visible))
          for (const column of COLUMNS)
            if (!(column in mine)) expect(saidByYjs(after).fields[column]).toEqual(before.fields[column])
        }
      },
    ),
  )
})

const hidden = ({ fields }: Content, visible: ReadonlySet<string>): unknown =>
  Object.entries(fields)
    .filter(([column]) => !visible.has(column))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))

test('what a settled record says never depends on which client id is higher', () => {
  fc.assert(
    fc.property(histories, writes, writes, fc.constantFrom(1, 2 ** 53 - 1), (steps, mine, decided, authority) => {
      const old = flatten(play(steps).doc)
      const { update } = recordWrites(GUID, [old], DEVICE, mine)
      const standing = later(old, [decided])
      const expected = over(readFlat(standing), decided)
      expect(readFlat(settleDocument(GUID, standing, update, expected, authority))).toEqual(expected)
    }),
  )
})

test('the difference between two contents, written, leads from the one to the other', () => {
  const content = fc.record({
    fields: fc.dictionary(
      fc.constantFrom(...COLUMNS),
      values.filter(value => value !== null),
    ),
    deleted: fc.boolean(),
  })
  fc.assert(
    fc.property(content, content, (from, to) => {
      const start = settleDocument(GUID, undefined, undefined, from, AUTHORITY)
      expect(readFlat(start)).toEqual(from)
      expect(readFlat(settleDocument(GUID, start, undefined, to, AUTHORITY))).toEqual(to)
      expect(difference(to, to)).toEqual({})
    }),
  )
})

test('an update with something missing must not reach a document', () => {
  const gap = rawUpdate([{ client: DEVICE, clock: 3, structs: [rawItem('title', 'x')] }])
  expect(hasPending(hydrate(GUID, [gap]))).toBe(true)
  expect(() => settleDocument(GUID, undefined, gap, { fields: {}, deleted: false }, AUTHORITY)).toThrow(
    'passed the gate',
  )
})

test('a nested type in a document is a bug of the gate, told by place', async () => {
  const yjs = await import('yjs')
  const doc: Y.Doc = new yjs.Doc({ guid: GUID })
  doc.clientID = 5
  doc.getMap(ROOT).set('title', new yjs.Text('x'))
  expect(() => flatten(doc)).toThrow(/5:0|no column/)
})

test.each<[string, Uint8Array]>([
  ['a delete set', rawUpdate([{ client: 7, structs: [rawItem('a', 1)] }], [[7, 0, 1]])],
  ['a run that does not begin at 0', rawUpdate([{ client: 7, clock: 1, structs: [rawItem('a', 1)] }])],
  ['an origin', rawUpdate([{ client: 7, structs: [rawGarbage(1), rawReplacing(7, 0, 1)] }])],
  ['a column twice', rawUpdate([7, 9].map(client => ({ client, structs: [rawItem('a', 1)] })))],
  ['a byte too many', Uint8Array.of(0, 0, 0)],
])('a stored document with %s is damaged', (_, bytes) => {
  expect(() => readFlat(bytes)).toThrow(ByteFault)
})

test('a lifted mark and a null column read as absence', () => {
  const bytes = rawUpdate([{ client: authorOf(0), structs: [rawItem(DELETED, false), rawItem('a', null)] }])
  expect(readFlat(bytes)).toEqual({ fields: {}, deleted: false })
})

test('a part of a stored document is the whole, cut to the columns that were asked for', () => {
  fc.assert(
    fc.property(histories, fc.subarray([...COLUMNS]), (steps, columns) => {
      const bytes = flatten(play(steps).doc)
      const { fields, deleted } = readFlat(bytes)
      const cut = Object.fromEntries(Object.entries(fields).filter(([key]) => columns.includes(key)))
      expect(readFlat(bytes, wantedOf(columns))).toEqual({ fields: cut, deleted })
    }),
  )
})
