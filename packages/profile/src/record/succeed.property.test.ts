import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../schema/schema.ts'
import { clockOf, flatten, hydrate, recordWrites, settleDocument, settleInYjs } from './document.ts'
import { readFlat } from './flat.ts'
import { authorOf, COLUMNS, GUID, histories, play, values } from './record.fixture.ts'
import { DELETED } from './record.ts'
import { succeed } from './succeed.ts'

/** Yjs is the oracle: whatever goes without it must come out as the bytes it gives. */

const AUTHORITY = 7 * 256
const written = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...COLUMNS), values) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(DELETED), fc.boolean()) },
)
const edit = fc.record({
  /** how many edits its author had not heard of */
  behind: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
  author: fc.nat(5),
  fields: fc.uniqueArray(written, { selector: ([key]) => key, minLength: 1, maxLength: 4 }),
  wins: fc.boolean(),
})

const clockIn = (bytes: Uint8Array, client: number): number => clockOf(hydrate(GUID, [bytes]), client)

test('whatever is merged, in whatever order it was recorded, has the bytes Yjs gives it', () => {
  let direct = 0
  fc.assert(
    fc.property(histories, fc.array(edit, { maxLength: 12 }), (steps, edits) => {
      const states = [flatten(play(steps).doc)]
      for (const { behind, author, fields, wins } of edits) {
        const standing = states.at(-1)!
        const base = states.at(-1 - behind) ?? standing
        const client = authorOf(author)
        // The gate: clocks are contiguous.
        if (clockIn(base, client) !== clockIn(standing, client)) continue
        const writes = Object.fromEntries(fields) as Readonly<Record<string, Value>>
        const { update } = recordWrites(GUID, [base], client, writes)
        const plain = succeed(standing, update)
        if (behind === 0) expect(plain).toBeDefined()
        if (plain !== undefined) direct++
        const expected = wins ? readFlat(recordWrites(GUID, [standing], client, writes).work) : readFlat(standing)
        const merged = settleDocument(GUID, standing, update, expected, AUTHORITY)
        expect(merged).toEqual(settleInYjs(GUID, standing, update, expected, AUTHORITY))
        if (plain !== undefined) expect(readFlat(plain.bytes)).toEqual(plain.content)
        states.push(merged)
      }
    }),
  )
  expect(direct).toBeGreaterThan(100)
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
  expect(updates.map(update => succeed(standing, update))).toEqual([undefined])
  const { update, work } = recordWrites(GUID, [standing], 512, { title: 'valve' })
  expect(succeed(standing, update)).toBeDefined()
  expect(succeed(work, update)).toBeUndefined()
})
