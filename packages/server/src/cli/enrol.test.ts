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
