import { compileScope, createIndexes, type Fields, scopeIndexes } from '@rejoin/profile'
import { dryRun, type Environment, explain, loadEnvironment, membersOf, openSqliteStorage, servingOf, type Storage } from '@rejoin/server' // prettier-ignore
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentedEnvironment, documentedPerson, documentedProfile, documentedRows, documentedSchema, documentedTechnicians } from './documented.ts' // prettier-ignore
import { fillWith } from './fill.ts'

const schema = documentedSchema()
describe.skipIf(schema === undefined)('the default profile of the documents on a thousand rows of their schema', () => {
  const now = Date.parse('2026-11-18T09:00:00Z')
  const technicians = documentedTechnicians(1_000)
  const rows = [...documentedRows(technicians, now)]
  let storage: Storage
  let environment: Environment
  beforeAll(async () => {
    storage = await openSqliteStorage({ path: ':memory:', newId: () => '0123456789abcdef' })
    await fillWith(storage, documentedEnvironment(schema!, technicians), rows, () => {})
    environment = await storage.snapshot(loadEnvironment)
    const { indexes } = scopeIndexes(environment.schema, documentedProfile)
    await storage.createIndexes(dialect => createIndexes(environment.schema, dialect, indexes))
  })
  afterAll(() => storage?.close())

  /** What a technician holds, as the documents say it, row by row and from scratch. */
  const held = (user: string): ReadonlyMap<string, readonly string[]> => {
    const of = (table: string) => rows.filter(row => row.table === table)
    const isSoon = (time: unknown): boolean => String(time) >= '2026-11-18T00' && String(time) < '2026-11-26T00'
    const naming = (fields: Fields[], ...columns: string[]): Set<unknown> => new Set(fields.flatMap(each => columns.flatMap(column => each[column] ?? []))) // prettier-ignore
    const bookings = of('bookableresourcebooking').filter(({ fields }) => fields['ownerid'] === user && (isSoon(fields['starttime']) || isSoon(fields['endtime']))) // prettier-ignore
    const orderIds = naming(bookings.map(({ fields }) => fields), 'msdyn_workorder') // prettier-ignore
    const orders = of('msdyn_workorder').filter(({ id }) => orderIds.has(id))
    const lines = (table: string) => of(table).filter(({ fields }) => orderIds.has(fields['msdyn_workorder']))
    const [incidents, products, services, tasks] = ['incident', 'product', 'service', 'servicetask'].map(name => lines(`msdyn_workorder${name}`)) // prettier-ignore
    const named = (table: string, ...sources: [rows: typeof rows | undefined, ...columns: string[]][]) => {
      const ids = new Set(sources.flatMap(([from = [], ...columns]) => [...naming(from.map(({ fields }) => fields), ...columns)])) // prettier-ignore
      return of(table).filter(({ id }) => ids.has(id))
    }
    const found = {
      bookableresourcebooking: bookings,
      msdyn_workorder: orders,
      msdyn_workorderincident: incidents!,
      msdyn_workorderproduct: products!,
      msdyn_workorderservice: services!,
      msdyn_workorderservicetask: tasks!,
      account: named('account', [orders, 'msdyn_serviceaccount', 'msdyn_billingaccount']),
      contact: named('contact', [orders, 'msdyn_reportedbycontact']),
      msdyn_customerasset: named('msdyn_customerasset', [orders, 'msdyn_customerasset'], [incidents, 'msdyn_customerasset']), // prettier-ignore
      product: named('product', [products, 'msdyn_product'], [services, 'msdyn_service']),
      bookableresource: named('bookableresource', [bookings, 'resource']),
    }
    return new Map(Object.entries(found).map(([table, list]) => [table, list.map(({ id }) => id).toSorted()]))
  }

  test('[PR0] each technician holds his bookings of the coming week and all that hangs on them, and nothing else', async () => {
    expect(rows.length).toBeGreaterThan(900)
    for (let n = 0; n < technicians; n++) {
      const scope = compileScope(environment.schema, documentedProfile, documentedPerson(n), now)
      const members = await storage.snapshot(view => membersOf(view, scope))
      const ids = new Map([...members].map(([table, list]) => [table, list.map(({ id }) => id).toSorted()]))
      const expected = held(`technician-${n}`)
      expect(expected.get('msdyn_workorder')!.length).toBeGreaterThan(1)
      for (const [table, list] of expected) expect(ids.get(table), table).toEqual(list)
    }
  })

  test('[PR18] the dry run of it counts the same, the catalogue with it', async () => {
    const people = Array.from({ length: technicians }, (_, n) => documentedPerson(n))
    const parts = { storage, schema: environment.schema, profile: documentedProfile, people, now, caps: {} }
    const run = await dryRun({ ...parts, pause: () => Promise.resolve() })
    for (const { user, rows: counted } of run.users) {
      const expected = [...held(user).values()].reduce((sum, list) => sum + list.length, 0) + 3 * 4
      expect([user, counted]).toEqual([user, expected])
    }
  })

  test('[PR19] and each of its rows is explained as held or not the same way', async () => {
    const mine = held('technician-1')
    for (const { table, id } of rows.filter((_, n) => n % 29 === 0)) {
      const list = mine.get(table)
      if (list === undefined) continue
      const question = { user: 'technician-1', app: 'any', table, id, at: now }
      const explained = await storage.snapshot(view => explain(view, environment, question))
      expect(explained.ok && explained.value.held, `${table} ${id}`).toBe(list.includes(id))
    }
  })

  test('no filter of it reads a whole table or asks every listener', () => {
    const { indexes, scans } = scopeIndexes(environment.schema, documentedProfile)
    expect(scans).toEqual([])
    const serving = servingOf(environment, documentedProfile)
    expect(serving).toMatchObject({ scans: [], asksEach: [] })
    expect(serving.indexes.length).toBe(indexes.length)
  })
})
