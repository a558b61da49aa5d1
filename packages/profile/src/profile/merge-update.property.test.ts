import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeUpdate } from './merge-update.ts'
import type { ProfileSource } from './profile.ts'

const names = ['a', 'b', 'c', 'd', 'e']
const chosen = fc.subarray(names)
const profile = (relationships: readonly string[], filter: 'all' | 'related'): ProfileSource => ({
  name: 'Default',
  items: [{ table: 'account', filter: { kind: filter }, relationships }],
})

test('[MG3] a relationship is chosen afterwards where both keep it, or where either added it', () => {
  fc.assert(
    fc.property(chosen, chosen, chosen, (base, ours, theirs) => {
      const merged = mergeUpdate(
        profile(base, 'related'),
        profile(ours, 'related'),
        profile(theirs, 'all'),
        new Set(['account']),
      )
      const [item] = merged.profile.items
      const expected = names.filter(name =>
        base.includes(name)
          ? ours.includes(name) && theirs.includes(name)
          : ours.includes(name) || theirs.includes(name),
      )
      expect(item?.relationships?.toSorted()).toEqual(expected)
      expect(item?.filter).toEqual({ kind: 'related' })
    }),
  )
})
