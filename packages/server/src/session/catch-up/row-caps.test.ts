import { expect, it } from 'vitest'
import { checkRowCaps, MOST_ROWS, TooManyRows } from './row-caps.ts'

const counts = new Map([
  ['workorder', 600_000],
  ['account', 400_001],
])

it('[FS7] one million rows in all where nothing is set, and not one more: the largest table and the counts are named', () => {
  expect(MOST_ROWS).toBe(1_000_000)
  expect(() => checkRowCaps(new Map([['workorder', MOST_ROWS]]), {})).not.toThrow()
  expect(() => checkRowCaps(counts, {})).toThrow(TooManyRows)
  expect(() => checkRowCaps(counts, {})).toThrow(/1000001 .*1000000 .*workorder \(600000\)/)
})

it('[FS7] a cap of one table, and a cap of all, hold where they are set', () => {
  expect(() => checkRowCaps(counts, { all: 2_000_000 })).not.toThrow()
  expect(() => checkRowCaps(counts, { all: 2_000_000, tables: { account: 400_000 } })).toThrow(/account has 400001/)
})
