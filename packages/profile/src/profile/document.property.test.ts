import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Filter } from '../filter/filter.ts'
import { canonical, profileText, readProfile } from './document.ts'
import type { DownloadFilter, ProfileItem, ProfileSource } from './profile.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const { where } = fc.letrec<{ where: Filter; list: Filter[] }>(tie => ({
  where: fc.oneof(
    { maxDepth: 3 },
    fc.record({ column: text, op: fc.constant('eq' as const), value: fc.oneof(text, fc.integer()) }),
    fc.record({ all: tie('list') }),
    fc.record({ any: tie('list') }),
    fc.record({ link: fc.constant('any' as const), table: text, from: text, to: text, where: tie('where') }),
  ) as fc.Arbitrary<Filter>,
  list: fc.array(tie('where'), { maxLength: 3 }),
}))
const filter: fc.Arbitrary<DownloadFilter> = fc.oneof(
  fc.record({ kind: fc.constantFrom('related' as const, 'all' as const) }),
  fc.record(
    { kind: fc.constant('other' as const), mine: fc.boolean(), unit: fc.boolean() },
    { requiredKeys: ['kind'] },
  ),
  fc.record({ kind: fc.constant('custom' as const), where }),
)
const item = fc.record(
  { table: text, filter, relationships: fc.array(text), columns: fc.array(text), interval: fc.nat() },
  { requiredKeys: ['table', 'filter'] },
) as fc.Arbitrary<ProfileItem>
const profile = fc.record(
  { name: text, description: text, items: fc.uniqueArray(item, { selector: each => each.table, maxLength: 5 }) },
  { requiredKeys: ['name', 'items'] },
) as fc.Arbitrary<ProfileSource>

/** The same values in another order of keys, and of what has no order. */
const shuffled = <T>(part: T): T => {
  if (typeof part !== 'object' || part === null) return part
  if (Array.isArray(part)) return part.map(shuffled) as T
  const entries = Object.entries(part).map(([key, value]) => [
    key,
    ['items', 'columns', 'relationships'].includes(key)
      ? (value as unknown[]).map(shuffled).toReversed()
      : shuffled(value),
  ])
  return Object.fromEntries(entries.toReversed()) as T
}

test('every profile comes back from its document as it is, and has one document only', () => {
  fc.assert(
    fc.property(profile, source => {
      const document = profileText(source)
      const read = readProfile(document)
      expect(read).toEqual({ ok: true, value: canonical(source) })
      expect(profileText(shuffled(source))).toBe(document)
    }),
  )
})
