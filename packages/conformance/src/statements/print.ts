/** What the conformance command prints. */
import { table } from '../report/table.ts'
import { tone } from '../report/tone.ts'
import type { Mutation, MutationVerdict } from './mutation.ts'
import type { Family } from './statement.ts'
import type { TestRun } from './test-run.ts'
import type { Status, StrangeId, Verdict } from './verdict.ts'

const words: Record<Status, string> = {
  pass: tone('good', 'pass'),
  fail: tone('bad', 'fail'),
  'not-yet': tone('faint', 'not yet'),
}

const outOfReach = tone('faint', 'not black-box')

/** @param asides why a statement, or a part of it, is out of reach of the tests that ran, by id */
export const verdictTable = (rows: readonly Verdict[], asides: Readonly<Record<string, string>> = {}): string =>
  table(
    ['id', 'result', { head: 'tests', align: 'right' }, { head: 'statement', width: 88 }, 'source'],
    rows.map(({ statement, status, tests, skipped }) => [
      statement.id,
      (status === 'not-yet' && skipped === 0 && asides[statement.id] !== undefined ? outOfReach : words[status]) +
        (skipped > 0 ? ` (${skipped} skipped)` : ''),
      tests,
      statement.sentence + (asides[statement.id] === undefined ? '' : ` [not here: ${asides[statement.id]}]`),
      statement.source,
    ]),
  )

export const familyTable = (families: readonly Family[], rows: readonly Verdict[]): string => {
  const line = (code: string, title: string, of: readonly Verdict[]): (string | number)[] => {
    const count = (status: Status): number => of.filter(row => row.status === status).length
    const tests = of.reduce((sum, row) => sum + row.tests, 0)
    return [code, title, of.length, count('pass'), count('fail'), count('not-yet'), tests]
  }
  const present = families.filter(family => rows.some(row => row.statement.family === family.code))
  return table(
    ['', 'family', 'statements', 'pass', 'fail', 'not yet', 'proofs'],
    [
      ...present.map(({ code, title }) =>
        line(
          code,
          title,
          rows.filter(row => row.statement.family === code),
        ),
      ),
      line('', 'all', rows),
    ],
  )
}

/** What went wrong, place by place; empty when nothing did. */
export const problems = (rows: readonly Verdict[], strange: readonly StrangeId[], run: TestRun): readonly string[] => [
  ...[...new Set(rows.flatMap(row => row.failures))].map(
    test => `${tone('bad', 'failed')} ${test.file}: ${test.fullTitle}\n    ${firstLines(test.message)}`,
  ),
  ...strange.map(({ id, test }) => `${tone('bad', 'unknown id')} ${id} in ${test.file}: ${test.fullTitle}`),
  ...(run.kind === 'ended' ? run.broken.map(each => `${tone('bad', 'broken')} ${each}`) : []),
  ...(run.kind === 'crashed' ? [`${tone('bad', 'vitest gave no results')}\n    ${firstLines(run.output)}`] : []),
  ...(run.kind === 'timed-out' ? [tone('bad', 'the tests did not end in time')] : []),
]

const firstLines = (text: string): string => text.trim().split('\n').slice(0, 4).join('\n    ')

export const mutationTable = (rows: readonly (readonly [Mutation, MutationVerdict])[]): string =>
  table(
    ['mutation', 'file', 'proves', 'result', { head: 'detail', width: 70 }],
    rows.map(([mutation, verdict]) => [
      mutation.name,
      mutation.file.replace(/^packages\//, ''),
      mutation.proves.join(' '),
      tone(verdict.kind === 'killed' ? 'good' : 'bad', verdict.kind),
      mutationDetail(verdict),
    ]),
  )

export const mutationDetail = (verdict: MutationVerdict): string => {
  switch (verdict.kind) {
    case 'killed':
      return (verdict.by[0] ?? '') + (verdict.by.length > 1 ? ` and ${verdict.by.length - 1} more` : '')
    case 'survived':
      return `no test of ${verdict.green.join(', ')} turned red`
    case 'unfit':
      return verdict.why
  }
}
