import { compileSchema, FaultError } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { schema } from '../commit/commit.fixture.ts'
import { compileEnvironment } from '../environment/environment.ts'
import { checkRules, type Rule } from './rule.ts'

const compiled = compileSchema(schema)
if (!compiled.ok) throw new FaultError(compiled.faults)

const closed: Rule = {
  name: 'closed',
  table: 'job',
  on: ['update'],
  when: { column: 'status', op: 'eq', value: 'closed' },
  message: 'is closed',
}
const faults = (...rules: readonly unknown[]): readonly string[] =>
  checkRules(compiled.value, rules).map(({ code, at }) => `${code} at ${at}`)

describe('rules as data', () => {
  it('fit the schema', () => {
    expect(
      faults(closed, { ...closed, name: 'hours', columns: ['hours'], on: ['update', 'delete', 'command'] }),
    ).toEqual([])
  })

  it.each<[string, unknown, string[]]>([
    ['an unknown table', { ...closed, table: 'jobs' }, ['unknown-table at rule closed, table jobs']],
    ['an unknown column', { ...closed, columns: ['stat', 'hours'] }, ['unknown-column at rule closed, column stat']],
    [
      'a condition that cannot be',
      { ...closed, when: { column: 'stat', op: 'eq', value: 'closed' } },
      ['unknown-column at rule closed, table job, filter, column stat'],
    ],
    [
      'another record asked',
      { ...closed, when: { link: 'any', table: 'job', from: 'jobid', to: 'jobid' } },
      ['link at rule closed, filter'],
    ],
    [
      'something that cannot be done to a record that is there',
      { ...closed, on: ['create'] },
      ['shape at rule closed, on.0'],
    ],
    [
      'no message and no name',
      { ...closed, name: '', message: '' },
      ['shape at rule number 1, name', 'shape at rule number 1, message'],
    ],
    ['no rule at all', null, ['shape at rule number 1']],
  ])('are refused by their place: %s', (_, rule, expected) => {
    expect(faults(rule)).toEqual(expected)
  })

  it('have names of their own', () => {
    expect(faults(closed, closed)).toEqual(['duplicate at rule closed'])
  })

  it('that do not fit are no environment', () => {
    const rules = [{ ...closed, table: 'jobs' }]
    const settings = { strategy: 'clientWins', strategies: {}, rules } as const
    expect(() => compileEnvironment({ schema, settings, people: [], profiles: [] })).toThrow('rule closed, table jobs')
  })
})
