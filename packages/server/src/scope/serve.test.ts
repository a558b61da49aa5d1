import { compileSchema, compileScope, type Filter, type Person, type PublishedProfile } from '@rejoin/profile'
import { expect, test } from 'vitest'
import { asksTheMoment, classOf } from './serve.ts'

const compiled = compileSchema({
  tables: [
    {
      name: 'task',
      ownership: 'organization',
      primaryKey: 'taskid',
      primaryName: 'title',
      columns: [
        { name: 'taskid', type: 'guid' },
        { name: 'title', type: 'string' },
        { name: 'due', type: 'datetime' },
      ],
    },
  ],
  roles: [],
})
if (!compiled.ok) throw new Error('schema')
const schema = compiled.value
const ana: Person = { id: 'ana', name: 'Ana', teams: [], roles: [] }

const profileOf = (where: Filter): PublishedProfile => ({
  name: 'p',
  version: 1,
  items: [{ table: 'task', filter: { kind: 'custom', where } }],
})
const classAt = (profile: PublishedProfile, now: number): string =>
  classOf(compileScope(schema, profile, ana, now), ana.id, asksTheMoment(schema, profile) ? now : undefined)

test('scopes with relative dates that were compiled at different moments are of different classes', () => {
  for (const where of [
    { column: 'due', op: 'today' },
    { any: [{ column: 'title', op: 'null' }, { all: [{ column: 'due', op: 'last-x-hours', value: 3 }] }] },
  ] as Filter[]) {
    expect(classAt(profileOf(where), 1_000)).not.toBe(classAt(profileOf(where), 2_000))
    expect(classAt(profileOf(where), 1_000)).toBe(classAt(profileOf(where), 1_000))
  }
})

test('scopes that ask no clock share a class whenever they were compiled, and so do filters no longer valid', () => {
  for (const where of [
    { column: 'title', op: 'eq', value: 'x' },
    { column: 'due', op: 'on', value: '2026-01-01' },
    { column: 'gone', op: 'today' },
  ] as Filter[]) {
    expect(classAt(profileOf(where), 1_000)).toBe(classAt(profileOf(where), 2_000))
  }
})
