import { existsSync, readFileSync } from 'node:fs'
import type { SchemaSource } from '@rejoin/profile'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Storage } from '../storage/storage.ts'
import { openDatabase } from './database.ts'
import { enrol } from './enrol.ts'

let storage: Storage
beforeEach(async () => {
  storage = await openDatabase(':memory:', { create: true })
})
afterEach(() => storage.close())

const published = async (schema: SchemaSource): Promise<Record<string, string>> => {
  const { profiles } = await enrol(storage, { schema })
  return Object.fromEntries(
    [...profiles.lives].map(([id, { life }]) => [id, `${life.state}: ${life.published?.profile.name}`]),
  )
}

const path: string = '/work/shared/data/fieldservice-schema.json'
test.skipIf(!existsSync(path))(
  '[PR0] an environment of field service starts with its default profile, published',
  async () => {
    expect(await published(JSON.parse(readFileSync(path, 'utf8')) as SchemaSource)).toEqual({
      Everything: 'Published: Everything',
      default: 'Published: Field Service Mobile - Offline Profile',
    })
  },
)

test('an environment of other tables has no use for it', async () => {
  const note = { name: 'note', ownership: 'organization', primaryKey: 'id', primaryName: 'id' } as const
  expect(await published({ tables: [{ ...note, columns: [{ name: 'id', type: 'guid' }] }] })).toEqual({
    Everything: 'Published: Everything',
  })
})

const schema: SchemaSource = {
  tables: [
    {
      name: 'note',
      ownership: 'organization',
      primaryKey: 'id',
      primaryName: 'id',
      columns: [{ name: 'id', type: 'guid' }],
    },
  ],
  roles: [{ name: 'writer', tables: { note: { read: 'all' } } }],
}
const ben = { id: 'ben', name: 'Ben', unit: 'north', teams: ['red'], roles: ['writer'] }

test('people come with their units and teams; a later import keeps the teams, and what administrators made of roles', async () => {
  await enrol(storage, { schema, people: [ben] })
  const own = { kind: 'role', id: 'writer', value: { name: 'writer', tables: { note: { read: 'all', write: 'all' } } } }
  await storage.commit({}, () => ({ result: undefined, entries: [own] }))
  const { directory, schema: after } = await enrol(storage, { schema, people: [{ ...ben, id: 'eve', name: 'Eve' }] })
  expect(directory.teams.get('red')?.members).toEqual(['ben', 'eve'])
  expect([...directory.units.keys()]).toEqual(['north'])
  expect(after.roles.get('writer')?.tables['note']?.write).toBe('all')
})

test('people with a role that is not there are refused, and nothing is written', async () => {
  await expect(enrol(storage, { schema, people: [{ ...ben, roles: ['none'] }] })).rejects.toThrow(
    'there is no role none',
  )
  expect(await storage.snapshot(view => view.entries('environment'))).toEqual([])
})

test('without people there is one who may do everything, administer too', async () => {
  const { schema: after, person } = await enrol(storage, { schema })
  expect(person('admin')?.roles).toEqual(['writer', 'administrator'])
  expect(after.roles.get('administrator')?.admin).toBe(true)
})

test('two imports at once both take effect', async () => {
  await enrol(storage, { schema, people: [ben] })
  await Promise.all(['eve', 'kim'].map(id => enrol(storage, { people: [{ ...ben, id, name: id }] })))
  const { directory, changes } = await enrol(storage, {})
  expect(directory.teams.get('red')?.members.toSorted()).toEqual(['ben', 'eve', 'kim'])
  expect(changes).toBe(4)
})
