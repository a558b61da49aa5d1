import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../schema/schema.ts'
import { recordWrites, settleDocument } from './document.ts'
import { readFlat } from './flat.ts'
import { freshDocument } from './fresh.ts'
import { guidOf } from './record.ts'

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(number => (Object.is(number, -0) ? 0 : number)),
  fc.maxSafeInteger().map(number => (Object.is(number, -0) ? 0 : number)),
  fc.boolean(),
  fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 }),
)
const fields = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/), value, { maxKeys: 20 })
const client = fc.integer({ min: 256, max: Number.MAX_SAFE_INTEGER })

test('a fresh document is byte for byte what a create edit makes, recorded and settled', () => {
  fc.assert(
    fc.property(fields, client, (row, author) => {
      const guid = guidOf('visit', 'v1')
      const recorded = recordWrites(guid, [], author, row)
      const fresh = freshDocument(row, author)
      expect(fresh).toEqual(recorded.work)
      expect(fresh).toEqual(settleDocument(guid, undefined, recorded.update, { fields: row, deleted: false }, 512))
      expect(readFlat(fresh)).toEqual({ fields: row, deleted: false })
    }),
  )
})
