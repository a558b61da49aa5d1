import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../schema/schema.ts'
import { clockOf, flatten, hydrate, recordInYjs, recordWrites, settleDocument, settleInYjs } from './document.ts'
import { readFlat } from './flat.ts'
import { contentOf, flatBytes } from './growing.ts'
import { authorOf, COLUMNS, GUID, histories, play, values } from './record.fixture.ts'
import { DELETED } from './record.ts'
import { succession } from './succession.ts'

/** Yjs is the oracle: whatever goes without it must come out as the bytes it gives. */

const AUTHORITY = 7 * 256
const written = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...COLUMNS), values) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(DELETED), fc.boolean()) },
)
const writesOf = (minLength: number): fc.Arbitrary<Readonly<Record<string, Value>>> =>
  fc
    .uniqueArray(written, { selector: ([key]) => key, minLength, maxLength: 4 })
    .map(fields => Object.fromEntries(fields) as Readonly<Record<string, Value>>)
const edit = fc.record({
  /** how many edits its author had not heard of */
  behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
  author: fc.nat(5),
  writes: writesOf(1),
  wins: fc.boolean(),
})

const clockIn = (bytes: Uint8Array, client: number): number => clockOf(hydrate(GUID, [bytes]), client)

test('whatever is merged, in whatever order it was recorded, has the bytes Yjs gives it', () => {
  let direct = 0
  fc.assert(
    fc.property(histories, fc.array(edit, { maxLength: 12 }), (steps, edits) => {
      const states = [flatten(play(steps).doc)]
      for (const { behind, author, writes, wins } of edits) {
        const standing = states.at(-1)!
        const base = states.at(-1 - behind) ?? standing
        const client = authorOf(author)
        // The gate: clocks are contiguous.
        if (clockIn(base, client) !== clockIn(standing, client)) continue
        const { update } = recordInYjs(GUID, [base], client, writes)
        const plain = succession([standing, update])
        if (behind === 0) expect(plain).toBeDefined()
        if (plain !== undefined) direct++
        const expected = wins ? readFlat(recordInYjs(GUID, [standing], client, writes).work) : readFlat(standing)
        const merged = settleDocument(GUID, standing, update, expected, AUTHORITY)
        expect(merged).toEqual(settleInYjs(GUID, standing, update, expected, AUTHORITY))
        if (plain !== undefined) expect(readFlat(flatBytes(plain))).toEqual(contentOf(plain))
        states.push(merged)
      }
    }),
  )
  expect(direct).toBeGreaterThan(100)
})

test('whatever is recorded, on a document, on updates or on nothing, is the update and the document Yjs makes of it', () => {
  let direct = 0
  const chains = fc.array(fc.tuple(fc.nat(5), writesOf(0)), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.option(histories, { nil: undefined }), fc.nat(3), chains, (steps, told, chain) => {
      const { doc, updates } = steps === undefined ? { doc: undefined, updates: [] } : play(steps)
      const work = doc === undefined ? [] : told === 0 ? updates.slice(0, 3) : [flatten(doc)]
      if (hydrate(GUID, work).store.pendingStructs !== null) return
      for (const [author, writes] of chain) {
        if (succession(work) !== undefined) direct++
        const recorded = recordWrites(GUID, work, authorOf(author), writes)
        expect(recorded).toEqual(recordInYjs(GUID, work, authorOf(author), writes))
        if (told === 1) work.splice(0, work.length, recorded.work)
        else work.push(recorded.update)
      }
    }),
  )
  expect(direct).toBeGreaterThan(200)
})

test('what is asserted over nothing, over a document and over an update alone is what Yjs writes', () => {
  fc.assert(
    fc.property(fc.option(histories, { nil: undefined }), writesOf(0), writesOf(0), (steps, made, changes) => {
      const standing = steps === undefined ? undefined : flatten(play(steps).doc)
      const expected = readFlat(recordInYjs(GUID, standing === undefined ? [] : [standing], 256, changes).work)
      const update = recordInYjs(GUID, [], 512, made).update
      for (const each of [undefined, ...(standing === undefined ? [update] : [])]) {
        const settled = settleDocument(GUID, standing, each, expected, AUTHORITY)
        expect(settled).toEqual(settleInYjs(GUID, standing, each, expected, AUTHORITY))
        expect(readFlat(settled)).toEqual(expected)
      }
    }),
  )
})

test('an update that deletes more than it replaces, or names what is not there, is left to Yjs', () => {
  const standing = recordWrites(GUID, [], 256, { title: 'pump', status: 'open' }).work
  const doc = hydrate(GUID, [standing])
  doc.clientID = 512
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  doc.transact(() => {
    doc.getMap('fields').set('status', 'done')
    doc.getMap('fields').delete('title')
  })
  expect(updates.map(update => succession([standing, update]))).toEqual([undefined])
  const { update, work } = recordWrites(GUID, [standing], 512, { title: 'valve' })
  expect(succession([standing, update])).toBeDefined()
  expect(succession([work, update])).toBeUndefined()
})
