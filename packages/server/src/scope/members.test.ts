import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askedTables, compileScope, createIndexes, render, type Scope, scopeIndexes, scopeSql, sqlite, sqliteFunctions } from '@rejoin/profile' // prettier-ignore
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillSample } from '../cli/sample.ts'
import { type Environment, loadEnvironment } from '../environment/environment.ts'
import { openSqliteStorage } from '../storage/sqlite/sqlite.ts'
import type { Storage } from '../storage/storage.ts'
import { membersOf } from './members.ts'

/** The documented default profile on the sample: bookings of the coming days, and in six steps all that hangs on them. */
describe('a scope asked of SQLite', () => {
  const now = Date.parse('2026-11-18T09:00:00Z')
  let directory: string
  let storage: Storage
  let environment: Environment
  let scope: Scope
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rejoin-members-'))
    storage = await openSqliteStorage({ path: join(directory, 'a.db'), newId: () => '0123456789abcdef' })
    await fillSample(storage, { seed: 3, now, workOrders: 3_000 })
    environment = await storage.snapshot(loadEnvironment)
    const profile = environment.published().find(({ name }) => name.endsWith('Offline Profile'))!
    const { schema } = environment
    const { indexes, scans } = scopeIndexes(schema, profile)
    expect(scans).toEqual([])
    await storage.createIndexes(dialect => createIndexes(schema, dialect, indexes))
    const technician = environment.people().find(({ roles }) => roles.includes('technician'))!
    scope = compileScope(schema, profile, technician, now)
  })
  afterAll(async () => {
    await storage.close()
    await rm(directory, { recursive: true })
  })

  test('[PR17] finds present rows and what they bring, table after table', async () => {
    const members = await storage.snapshot(view => membersOf(view, scope))
    const ids = (table: string): readonly string[] => members.get(table)!.map(({ id }) => id)
    const rowOf = async (table: string, id: string): Promise<Record<string, string>> => {
      const [stored] = await storage.snapshot(view => view.records([{ table, id }]))
      return JSON.parse(stored!.json) as Record<string, string>
    }
    const bookings = await Promise.all(ids('bookableresourcebooking').map(id => rowOf('bookableresourcebooking', id)))
    expect(bookings.length).toBeGreaterThan(0)
    expect(bookings.every(({ ownerid }) => ownerid === scope.person.id)).toBe(true)
    const orders = new Set(bookings.flatMap(({ workorder }) => workorder ?? []))
    expect(new Set(ids('workorder'))).toEqual(orders)
    const tasks = await Promise.all(ids('workorderservicetask').map(id => rowOf('workorderservicetask', id)))
    expect(tasks.length).toBeGreaterThan(0)
    expect(tasks.every(({ workorder }) => orders.has(workorder!))).toBe(true)
  })

  test('reads no table for it but those that are held whole and bring rows', () => {
    const { text, values } = render(scopeSql(scope, sqlite, askedTables(scope)), '?')
    const db = new Database(join(directory, 'a.db'), { readonly: true })
    for (const { name, call } of sqliteFunctions) db.function(name, { deterministic: true, varargs: true }, call)
    const steps = db.prepare<unknown[], { detail: string }>(`explain query plan ${text}`).all(...values)
    db.close()
    const read = steps.map(({ detail }) => detail).filter(step => /^SCAN (r|p|l\d)\b|\(tbl=\?\)/.test(step))
    // business units by all teams and by all users
    expect(read, steps.map(({ detail }) => detail).join('\n')).toEqual(
      Array(2).fill('SEARCH p USING INDEX record_rev (tbl=?)'),
    )
  })
})
