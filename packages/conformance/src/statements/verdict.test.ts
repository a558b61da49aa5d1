import { expect, it } from 'vitest'
import { catalogue } from './catalogue.ts'
import type { TestResult } from './test-run.ts'
import { strangeIds, verdicts } from './verdict.ts'

const result = (title: string, status: TestResult['status']): TestResult => ({
  file: 'x.test.ts',
  title,
  fullTitle: `merge ${title}`,
  status,
  message: '',
})

const statuses = (...tests: TestResult[]): Record<string, [string, number]> =>
  Object.fromEntries(
    verdicts(catalogue, tests)
      .filter(each => each.tests + each.skipped > 0)
      .map(each => [each.statement.id, [each.status, each.tests]]),
  )

it('gives one row per statement of the catalogue, not yet where no test names it', () => {
  const rows = verdicts(catalogue, [])
  expect(rows.map(row => row.statement)).toEqual(catalogue)
  expect(rows.every(row => row.status === 'not-yet' && row.tests === 0)).toBe(true)
})

it('a statement passes when all its tests pass, and one red test fails every id it names', () => {
  expect(statuses(result('[CF3] a', 'pass'), result('[CF3][CF6] b', 'pass'))).toEqual({
    CF3: ['pass', 2],
    CF6: ['pass', 1],
  })
  expect(statuses(result('[CF3] a', 'pass'), result('[CF3][CF6] b', 'fail'))).toEqual({
    CF3: ['fail', 2],
    CF6: ['fail', 1],
  })
})

it('a skipped test is no proof, and neither is an id in the middle of a title', () => {
  expect(statuses(result('[CF3] a', 'skip'), result('like [CF6] b', 'pass'))).toEqual({ CF3: ['not-yet', 0] })
  expect(statuses(result('[CF3] a', 'skip'), result('[CF3] b', 'pass'))).toEqual({ CF3: ['pass', 1] })
})

it('finds a title that names an id the catalogue does not have', () => {
  const tests = [result('[CF3] a', 'pass'), result('[CF99] b', 'pass'), result('[CFX1] c', 'skip')]
  expect(strangeIds(catalogue, tests).map(each => each.id)).toEqual(['CF99', 'CFX1'])
})
