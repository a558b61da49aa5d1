import { describe, expect, test } from 'vitest'
import { FaultError } from '../fault.ts'
import { compileSchema } from '../schema/compile.ts'
import type { Schema, SchemaSource, TableSource } from '../schema/schema.ts'
import { driftOf, hasDrifted } from './drift.ts'
import { beginProfile, editProfile, type PublishedLife, publishProfile, type ProfileLife } from './life.ts'
import type { ProfileItem } from './profile.ts'

const table = (
  name: string,
  columns: readonly (string | { id: string; name: string })[],
  offline = true,
): TableSource => ({
  name,
  ownership: 'user',
  offline,
  primaryKey: 'id',
  primaryName: 'name',
  columns: [
    { name: 'id', type: 'guid' },
    { name: 'name', type: 'string' },
    { name: 'ownerid', type: 'guid' },
    ...columns.map(column => ({
      ...(typeof column === 'string' ? { name: column } : column),
      type: 'string' as const,
    })),
  ],
})
const compiled = (...tables: TableSource[]): Schema => {
  const source: SchemaSource = { tables }
  const schema = compileSchema(source)
  if (!schema.ok) throw new FaultError(schema.faults)
  return schema.value
}
const publish = (life: ProfileLife, schema: Schema): PublishedLife => {
  const published = publishProfile(life, schema, 1)
  if (!published.ok) throw new FaultError(published.faults)
  return published.value
}
const drift = (life: PublishedLife, schema: Schema): ReturnType<typeof driftOf> => driftOf(schema, life.published)

const job: ProfileItem = { table: 'job', filter: { kind: 'all' }, columns: ['name', 'status'] }
const note: ProfileItem = { table: 'note', filter: { kind: 'all' } }
const then = compiled(table('job', ['status', 'colour']), table('note', []), table('log', []))
const life = publish(beginProfile({ name: 'Field', items: [job, note] }), then)

test('[PR12] what an administrator could have chosen and did not is no drift', () => {
  expect(drift(life, then)).toEqual({ added: [], renamed: [], broken: [] })
  expect(hasDrifted(drift(life, then))).toBe(false)
})

describe('what the schema gained later is reported', () => {
  const now = compiled(
    table('job', ['status', 'colour', 'weight', 'height']),
    table('note', ['size']),
    table('log', []),
    table('visit', []),
    table('inner', [], false),
  )

  test('[PR12] table by table, column by column; an item with all columns has the new ones already', () => {
    expect(drift(life, now).added).toEqual([
      { table: 'visit' },
      { table: 'job', column: 'weight' },
      { table: 'job', column: 'height' },
    ])
  })

  test('[PR12] until it is selected, whatever else is published in between', () => {
    const items = [{ ...job, columns: ['name', 'status', 'weight'] }, note]
    const next = publish(editProfile(life, { name: 'Field', items }), now)
    expect(drift(next, now).added).toEqual([{ table: 'visit' }, { table: 'job', column: 'height' }])
    const all = [{ ...job, columns: ['weight', 'height'] }, note, { ...note, table: 'visit' }]
    const last = publish(editProfile(next, { name: 'Field', items: all }), now)
    expect(drift(last, now).added).toEqual([])
    const without = publish(editProfile(last, { name: 'Field', items: [{ ...job, columns: ['name'] }, note] }), now)
    expect(drift(without, now).added).toEqual([])
  })
})

test('[PR12] what the schema lost or renamed is reported', () => {
  const now = compiled(table('job', [{ id: 'status', name: 'state' }, 'colour']), table('log', []))
  const { added, renamed, broken } = drift(life, now)
  expect(added).toEqual([])
  expect(renamed).toEqual([{ table: 'job', from: 'status', to: 'state' }])
  expect(broken.map(({ code, at }) => `${code} ${at}`)).toEqual([
    'unknown-column profile Field, table job, column status',
    'unknown-table profile Field, table note',
  ])
})
