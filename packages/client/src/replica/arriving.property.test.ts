import { type ChangesMessage, freshDocument, packEnvelope, type Position } from '@rejoin/profile'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeChanges } from '../outbox/answers.ts'
import type { Entry } from '../outbox/outbox-state.ts'
import { openMemoryStore } from '../store/memory.ts'
import type { StoreChange } from '../store/store.ts'
import { arriving } from './arriving.ts'
import { createDraft } from './draft.ts'
import { loadMemory } from './load.ts'
import { appOf, later, type Memory, type RecordKey, type Row, rowFrom } from './memory.ts'

/** The oracle is the long way: the same message decided on a draft. */

const LIFE = '00000000000000aa'
const envelope = (rev: number, damaged = false): Uint8Array => {
  const history = { changed: rev, incarnation: LIFE, recent: [], columns: {}, settled: {} }
  const packed = packEnvelope({ rev, commit: LIFE, ...history, bytes: freshDocument({ rev }, 512) })
  if (damaged) packed[packed.length - 3]! ^= 1
  return packed
}

const table = fc.constantFrom('task', 'part', 'unasked')
const key = fc.record({ table, id: fc.constantFrom('a', 'b', 'c') })
const rev = fc.integer({ min: 1, max: 6 })
const held = fc.tuple(key, rev, fc.constantFrom(1, 2), fc.constantFrom(undefined, 'left' as const))
const told = fc.tuple(key, rev, fc.boolean())
const upTo: fc.Arbitrary<Position | undefined> = fc.option(
  rev.map(at => ({ rev: at, commit: LIFE })),
  { nil: undefined },
)

type Held = readonly [key: RecordKey, rev: number, generation: number, gone: 'left' | undefined]

const app = appOf({})

const holding = async (rows: readonly Held[], cursor: Position | undefined): Promise<Memory> => {
  const memory = await loadMemory(openMemoryStore(), length => new Uint8Array(length), app)
  memory.tables.set('task', { state: 'complete', at: { rev: 1, commit: LIFE }, columnSet: '*', generation: 2 })
  memory.tables.set('part', { state: 'complete', at: { rev: 1, commit: LIFE }, columnSet: '*', generation: 1 })
  for (const [place, at, generation, gone] of rows) {
    const row = rowFrom(at, generation, gone === undefined ? envelope(at) : undefined, gone)
    memory.rows.set(place.table, (memory.rows.get(place.table) ?? new Map<string, Row>()).set(place.id, row))
  }
  if (cursor !== undefined) memory.meta = { ...memory.meta, cursor }
  return memory
}

/** A commit is one: the order of its changes on different keys is nobody's business. */
const sorted = (changes: readonly StoreChange[]): StoreChange[] =>
  changes.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

it('what may concern edits of the device does not go the straight way', async () => {
  const memory = await holding([], undefined)
  const message: ChangesMessage = { rows: [], gone: [], answers: [] }
  expect(arriving(memory, message, undefined)).toBeDefined()
  expect(arriving(memory, { ...message, gone: [{ table: 'task', id: 'a', why: 'left' }] }, undefined)).toBeUndefined()
  expect(
    arriving(memory, { ...message, answers: [{ edit: 'e', answer: { status: 'wait' } }] }, undefined),
  ).toBeUndefined()
  memory.entries.set('e', {} as Entry)
  expect(arriving(memory, message, undefined)).toBeUndefined()
})

it('rows that go the straight way leave the store, memory and watchers what a decision on a draft leaves them', async () => {
  const plain = fc.record({
    rows: fc.array(held, { maxLength: 6 }),
    message: fc.array(told, { maxLength: 5 }),
    upTo,
    cursor: upTo,
  })
  await fc.assert(
    fc.asyncProperty(plain, async ({ rows, message: tells, upTo: at, cursor }) => {
      const message: ChangesMessage = {
        rows: tells.map(([place, of, damaged]) => ({ ...place, envelope: envelope(of, damaged) })),
        gone: [],
        answers: [],
      }
      const [straight, long] = [await holding(rows, cursor), await holding(rows, cursor)]
      const arrived = arriving(straight, message, at)!
      const draft = createDraft(long)
      const decided = takeChanges(draft, message, { now: () => 0, newId: () => 'none', leaving: () => false })
      if (at !== undefined) draft.setMeta({ cursor: later(at, draft.meta().cursor) })
      const finished = draft.finish()
      expect(sorted(arrived.changes)).toEqual(sorted(finished.changes))
      expect(straight).toEqual(await holding(rows, cursor))
      expect(arrived.apply()).toEqual(finished.apply())
      expect(straight).toEqual(long)
      expect(arrived.rows).toBe(decided.rows)
    }),
  )
})
