import { compileSchema, compileScope, type Person, type SchemaSource } from '@rejoin/profile'
import { expect, test } from 'vitest'
import type { Committed } from '../commit/committer.ts'
import { answersFor } from './live.ts'

const schema: SchemaSource = {
  tables: [
    {
      name: 'task',
      ownership: 'organization',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'secret', type: 'string' },
      ],
    },
  ],
  roles: [{ name: 'field', tables: { task: { read: 'all', write: 'all', hidden: ['secret'] } } }],
}
const ben: Person = { id: 'ben', name: 'Ben', teams: [], roles: ['field'] }

test('found by the simulator (ask, seed 44): a question put to an author leaves out the columns he may not hold', () => {
  const compiled = compileSchema(schema)
  if (!compiled.ok) throw new Error('schema')
  const profile = { name: 'all', version: 1, items: [{ table: 'task', filter: { kind: 'all' as const } }] }
  const theirs = { title: 'theirs', secret: 'hidden' }
  const answer = { status: 'held', by: 'e1', question: { theirs, theirsDeleted: false, rev: 4 } } as const
  const committed: Committed = {
    head: { rev: 4, commit: 'c' },
    from: 3,
    changed: [],
    answers: new Map(),
    standing: new Map(),
  }
  const judged = [{ edit: 'e1', table: 'task', record: 'r1', answer }]
  const told = answersFor(compileScope(compiled.value, profile, ben, 0), judged, committed).answers[0]!.answer
  expect(told).toEqual({ ...answer, question: { ...answer.question, theirs: { title: 'theirs' } } })
  const outside = answersFor(compileScope(compiled.value, undefined, ben, 0), judged, committed).answers[0]!.answer
  expect(outside).toMatchObject({ question: { theirs: {} } })
})
