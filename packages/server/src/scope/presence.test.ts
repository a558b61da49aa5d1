import { compileSchema, compileScope } from '@rejoin/profile'
import { afterEach, expect, test } from 'vitest'
import { createLens } from '../live/linked.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { createPresence } from './presence.ts'

const column = (name: string, type: 'guid' | 'string') => ({ name, type })
const compiled = compileSchema({
  tables: [
    {
      name: 'booking',
      ownership: 'user',
      primaryKey: 'bookingid',
      primaryName: 'title',
      columns: [
        column('bookingid', 'guid'),
        column('title', 'string'),
        { name: 'order', type: 'lookup', target: 'order' },
        { name: 'ownerid', type: 'lookup', target: 'user', external: true },
      ],
    },
    {
      name: 'order',
      ownership: 'organization',
      primaryKey: 'orderid',
      primaryName: 'title',
      columns: [column('orderid', 'guid'), column('title', 'string')],
    },
  ],
  relationships: [{ name: 'booking_order', from: 'booking.order', to: 'order' }],
})
if (!compiled.ok) throw new Error('the schema of this test is wrong')
const schema = compiled.value

let storage: Storage
afterEach(() => storage.close())

test('found by a review: a row that very many rows could bring is held or not all the same', async () => {
  storage = await openSqliteStorage({ path: ':memory:', newId: () => 'c'.repeat(16) })
  const row = (table: string, id: string, rev: number, fields: object) => ({
    ...{ table, id, rev, deleted: false, purged: false, json: JSON.stringify(fields), envelope: new Uint8Array(1) },
  })
  const bookings = 20_001
  const records = [
    ...Array.from({ length: bookings }, (_, n) => row('booking', `B${n}`, n + 1, { order: 'O1', ownerid: `user${n}` })),
    ...['O1', 'O2'].map((id, n) => row('order', id, bookings + n + 1, {})),
  ]
  const head = { rev: records.length, commit: 'c'.repeat(16) }
  await storage.commit({}, () => ({ result: undefined, head, records }))
  const profile = {
    name: 'p',
    version: 1,
    items: [
      { table: 'booking', filter: { kind: 'other' as const, mine: true } },
      { table: 'order', filter: { kind: 'related' as const }, relationships: ['booking_order'] },
    ],
  }
  const lens = createLens()
  const heldBy = async (id: string): Promise<string[]> => {
    const scope = compileScope(schema, profile, { id, name: id, teams: [], roles: [] }, 0, lens.rows)
    const held = await storage.snapshot(async view => {
      const rows = await view.records(['O1', 'O2'].map(order => ({ table: 'order', id: order })))
      return createPresence(scope, lens).among(view, 'order', rows)
    })
    return [...held]
  }
  expect(await heldBy('user20000')).toEqual(['O1'])
  expect(await heldBy('nobody')).toEqual([])
})
