import { compileSchema, compileScope, type Person, type PublishedProfile, type SchemaSource } from '@rejoin/profile'
import { expect, test } from 'vitest'
import { answersFor, nothingTold } from './live.ts'

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
  const judged = [{ edit: 'e1', table: 'task', record: 'r1', answer }]
  const toldWith = (of: PublishedProfile | undefined, held: boolean) =>
    answersFor(
      compileScope(compiled.value, of, ben, 0),
      judged,
      nothingTold({ rev: 4, commit: 'c' }),
      new Map(),
      () => held,
    ).answers[0]!.answer
  expect(toldWith(profile, true)).toEqual({ ...answer, question: { ...answer.question, theirs: { title: 'theirs' } } })
  expect(toldWith(profile, false)).toMatchObject({ question: { theirs: {} } })
  expect(toldWith(undefined, true)).toMatchObject({ question: { theirs: {} } })
})
