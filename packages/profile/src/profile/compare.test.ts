import { expect, test } from 'vitest'
import { compareProfiles, isUnchanged } from './compare.ts'
import type { ProfileSource } from './profile.ts'

const before: ProfileSource = {
  name: 'Field',
  items: [
    { table: 'account', filter: { kind: 'all' } },
    { table: 'booking', filter: { kind: 'other', mine: true }, interval: 5 },
    {
      table: 'order',
      filter: { kind: 'related' },
      relationships: ['booking_order', 'asset_order'],
      columns: ['b', 'a'],
    },
    { table: 'task', filter: { kind: 'all' } },
  ],
}

test('two versions differ by items, filters, relationships, columns and intervals', () => {
  const difference = compareProfiles(before, {
    name: 'Field service',
    items: [
      { table: 'task', filter: { kind: 'all' }, interval: 60 },
      { table: 'order', filter: { kind: 'all' }, relationships: ['task_order', 'booking_order'] },
      { table: 'booking', filter: { kind: 'other', mine: true, teams: true } },
      { table: 'contact', filter: { kind: 'all' } },
    ],
  })
  expect(difference).toEqual({
    name: { before: 'Field', after: 'Field service' },
    added: [{ table: 'contact', filter: { kind: 'all' } }],
    removed: [{ table: 'account', filter: { kind: 'all' } }],
    changed: [
      { table: 'task', interval: { before: 5, after: 60 } },
      {
        table: 'order',
        filter: { before: { kind: 'related' }, after: { kind: 'all' } },
        relationships: { added: ['task_order'], removed: ['asset_order'] },
        columns: { before: ['a', 'b'], after: 'all' },
      },
      {
        table: 'booking',
        filter: { before: { kind: 'other', mine: true }, after: { kind: 'other', mine: true, teams: true } },
      },
    ],
  })
  expect(isUnchanged(difference)).toBe(false)
})

test('order, and what is said though it goes without saying, make no difference', () => {
  const items = before.items.toReversed().map(item => ({
    ...item,
    interval: 5,
    ...(item.filter.kind === 'other' ? { filter: { ...item.filter, unit: false } } : {}),
    ...(item.columns === undefined ? {} : { columns: item.columns.toReversed() }),
  }))
  expect(isUnchanged(compareProfiles(before, { ...before, description: '', items }))).toBe(true)
})
