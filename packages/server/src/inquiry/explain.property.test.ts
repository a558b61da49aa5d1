import {
  compileScope,
  type DownloadFilter,
  type Fields,
  type Filter,
  type Person,
  type ProfileItem,
  type RoleSource,
} from '@rejoin/profile'
import { array, assert, asyncProperty, boolean, constant, constantFrom, integer, oneof, option, record, subarray } from 'fast-check' // prettier-ignore
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileEnvironment } from '../environment/environment.ts'
import { membersOf } from '../scope/members.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage, StoredRecord } from '../storage/storage.ts'
import { explain } from './explain.ts'
import { schema } from './inquiry.fixture.ts'

/** Worlds by chance: what is explained of each record is what membership, which is asked in SQL, says of it. */
const now = Date.parse('2026-11-18T09:00:00Z')
const people = ['ann', 'ben', 'red']
const person: Person = { id: 'ann', name: 'Ann', teams: ['red'], roles: ['any'], shared: { account: { a1: ['read'] } } }

const ids = (prefix: string) => constantFrom(...[1, 2, 3, 4].map(n => `${prefix}${n}`))
const owned = { ownerid: constantFrom(...people) }
const status = integer({ min: 1, max: 3 })
const rowOf = {
  account: record({ ...owned, rank: status }, { requiredKeys: ['ownerid'] }),
  order: record({ ...owned, status, account: ids('a') }, { requiredKeys: ['ownerid'] }),
  booking: record({ ...owned, begin: constantFrom(-9, -1, 1, 5, 9).map(at), order: ids('o') }, { requiredKeys: ['ownerid'] }), // prettier-ignore
  task: record({ status, order: ids('o') }, { requiredKeys: [] }),
}
function at(days: number): string {
  return new Date(now + days * 86_400_000).toISOString()
}
const rowsOf = (table: keyof typeof rowOf) =>
  array(record({ fields: rowOf[table], deleted: constantFrom(false, false, false, false, true) }), { minLength: 4, maxLength: 4, size: 'max' }) // prettier-ignore

const mine: Filter = { column: 'ownerid', op: 'eq-userid' }
const toOrder = (where: Filter): Filter => ({ link: 'any', table: 'order', from: 'orderid', to: 'order', where })
const ofBooking = (where: Filter): Filter => ({ link: 'not any', table: 'booking', from: 'order', to: 'orderid', where }) // prettier-ignore
const open: Filter = { column: 'status', op: 'eq', value: 1 }
const custom = (...filters: Filter[]) =>
  constantFrom(...filters).map((where): DownloadFilter => ({ kind: 'custom', where }))
const plain = constantFrom<DownloadFilter>({ kind: 'related' }, { kind: 'related' }, { kind: 'all' })
const whose = constantFrom<DownloadFilter>({ kind: 'other', mine: true }, { kind: 'other', teams: true })
const filterOf = {
  account: oneof(plain, whose, custom({ any: [mine, { column: 'rank', op: 'null' }] })),
  order: oneof(plain, plain, whose, custom({ all: [mine, open] }, ofBooking({ column: 'begin', op: 'next-seven-days' }))), // prettier-ignore
  booking: oneof(plain, whose, custom({ all: [mine, { column: 'begin', op: 'last-x-days', value: 3 }] }, toOrder(open), { any: [mine, toOrder(mine)] })), // prettier-ignore
  task: oneof(plain, custom(open, toOrder({ any: [mine, open] }))),
}
const relationshipsOf: Record<keyof typeof rowOf, string[]> = {
  account: ['order_account'],
  order: ['booking_order', 'order_account', 'task_order'],
  booking: ['booking_order'],
  task: ['task_order'],
}
const tables = ['account', 'order', 'booking', 'task'] as const
const itemOf = (table: keyof typeof rowOf) =>
  option(
    record({
      table: constant(table as string),
      filter: filterOf[table],
      relationships: subarray(relationshipsOf[table], { minLength: 1 }),
    }),
    { freq: 12, nil: undefined },
  )
const depth = constantFrom('all', 'all', 'all', 'all', 'team', 'own', 'none')
const world = record({
  rows: record({ account: rowsOf('account'), order: rowsOf('order'), booking: rowsOf('booking'), task: rowsOf('task') }), // prettier-ignore
  items: record({ account: itemOf('account'), order: itemOf('order'), booking: itemOf('booking'), task: itemOf('task') }), // prettier-ignore
  rights: record({ account: depth, order: depth, booking: depth, task: depth }),
  reversed: boolean(),
})

let storage: Storage
beforeAll(async () => {
  storage = await openSqliteStorage({ path: ':memory:', newId: () => '0123456789abcdef' })
})
afterAll(() => storage.close())

const store = async (rows: Readonly<Record<string, readonly { fields: Fields; deleted: boolean }[]>>) => {
  const wanted = tables.flatMap(table => rows[table]!.map((row, n) => ({ table, id: `${table[0]}${n + 1}`, ...row })))
  await storage.commit({}, ({ head }) => {
    const records = wanted.map(({ fields, ...row }, n): StoredRecord => ({
      ...row,
      rev: head.rev + 1 + n,
      purged: false,
      json: JSON.stringify(fields),
      envelope: Uint8Array.of(1),
    }))
    const rev = head.rev + records.length
    return { result: undefined, head: { rev, commit: rev.toString(16).padStart(16, '0') }, records }
  })
  return wanted
}

test('[PR19] a record is explained as held exactly where membership holds it, with a path of held records', async () => {
  let held = 0
  let brought = 0
  await assert(
    asyncProperty(world, async ({ rows, items, rights, reversed }) => {
      const role: RoleSource = { name: 'any', tables: Object.fromEntries(Object.entries(rights).map(([name, read]) => [name, { read: read as 'all' }])) } // prettier-ignore
      const chosen = tables.flatMap((table): ProfileItem[] => (items[table] === undefined ? [] : [items[table]]))
      const profile = { name: 'p', version: 1, items: reversed ? chosen.toReversed() : chosen }
      const environment = compileEnvironment({
        schema: { ...schema, roles: [role] },
        settings: { strategy: 'clientWins', strategies: {} },
        people: [person],
        profiles: [{ profile, members: { everyone: true } }],
      })
      const wanted = await store(rows)
      const scope = compileScope(environment.schema, profile, person, now)
      await storage.snapshot(async view => {
        const members = await membersOf(view, scope)
        for (const { table, id, deleted } of wanted) {
          const asked = await explain(view, environment, { user: 'ann', app: 'x', table, id, at: now })
          if (!asked.ok) throw new Error(asked.faults[0]?.message)
          const holds = scope.tables.get(table)?.everything === true ? !deleted : members.get(table)?.some(row => row.id === id) === true // prettier-ignore
          expect({ table, id, held: asked.value.held }).toEqual({ table, id, held: holds })
          const { standing } = asked.value
          if (standing.why === 'brought') {
            const { from } = standing
            brought++
            expect(members.get(from.table)?.some(row => row.id === from.id) ?? true).toBe(true)
          }
          if (holds) held++
        }
      })
    }),
    { numRuns: 80 },
  )
  expect(held).toBeGreaterThan(100)
  expect(brought).toBeGreaterThan(20)
})
