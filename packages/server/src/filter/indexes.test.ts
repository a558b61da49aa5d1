import { createIndexes, type Filter, foldedFields, indexesFor, type Person, postgres, render, selectedFrom, sql, sqlite } from '@rejoin/profile' // prettier-ignore
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { startPostgres, why } from '../storage/postgres/postgres.fixture.ts'
import { openSqlite } from './engines.fixture.ts'
import { schema } from './world.fixture.ts'

const ann: Person = {
  id: 'ann',
  name: 'Ann',
  unit: 'west',
  teams: ['red', 'blue'],
  roles: [],
  timeZone: 'Europe/Berlin',
}
const asking = { person: ann, now: Date.parse('2024-05-15T12:00:00Z') }

/** Each filter selects a handful of 20,000 rows. */
const filters: readonly [string, Filter][] = [
  ['equal text', { column: 'title', op: 'eq', value: 'TITLE 77' }],
  ['equal long text', { column: 'title', op: 'eq', value: `${'Long'.repeat(125)} 4999` }],
  ['a list of long texts', { column: 'title', op: 'in', value: [`${'Long'.repeat(125)} 4999`, 'none'] }],
  ['a range of long texts', { column: 'title', op: 'between', value: ['Long', `${'Long'.repeat(125)} 4999`] }],
  ['a long beginning', { column: 'title', op: 'begins-with', value: 'Long'.repeat(100) }],
  ['a choice', { column: 'status', op: 'eq', value: 2 }],
  ['a range of choices', { column: 'status', op: 'gt', value: 1 }],
  ['choices', { column: 'status', op: 'in', value: [2, 'b'] }],
  ['a list of texts', { column: 'title', op: 'in', value: ['title 7', 'Title 8'] }],
  ['a beginning', { column: 'title', op: 'begins-with', value: 'Title 199[0-4]' }],
  ['an owner', { column: 'owner', op: 'eq-userid' }],
  ['owners', { column: 'owner', op: 'eq-useroruserteams' }],
  ['a range of numbers', { column: 'price', op: 'between', value: [100, 110] }],
  ['a number', { column: 'hours', op: 'eq', value: 1234 }],
  ['a day', { column: 'begin', op: 'today' }],
  ['one of several', { any: [{ column: 'owner', op: 'eq-userid' }, { column: 'hours', op: 'eq', value: 7 }] }],
  ['one of several in several', { any: [{ any: [{ column: 'owner', op: 'eq-userid' }, { column: 'price', op: 'eq', value: 5 }] }, { column: 'jobid', op: 'eq', value: 'job7' }] }],
  ['one and anything else', { all: [{ column: 'title', op: 'ends-with', value: '0' }, { column: 'owner', op: 'eq-userid' }] }],
  ['a link to few', { link: 'any', table: 'visit', from: 'job', to: 'jobid', where: { column: 'owner', op: 'eq-userid' } }],
  ['a link by a column', { link: 'any', table: 'visit', from: 'visitid', to: 'parent', where: { column: 'owner', op: 'eq-userid' } }],
] // prettier-ignore

const COUNT = 20_000
const rows = Array.from({ length: COUNT }, (_, n) => {
  const begin = new Date(Date.parse('2020-01-01T00:00:00Z') + n * 7_200_000).toISOString()
  const owner = n % 5_000 === 0 ? 'ann' : `user${n % 100}`
  const subject = n % 1_000 === 999 ? `${'Long'.repeat(125)} ${n}` : `Title ${n}`
  const status = n % 5_000 === 0 ? 2 : 1
  const fields = { subject, status, hours: n, price: n / 2, begin, owner, parent: `visit${n}` }
  return [
    { table: 'job', id: `job${n}`, fields },
    { table: 'visit', id: `visit${n}`, fields: { note: `Note ${n}`, job: `job${n}`, begin, owner } },
  ]
}).flat()

describe('SQLite with the indexes a filter asks for reads no table for', () => {
  const engine = openSqlite()
  const { db } = engine
  afterAll(() => engine.close())
  const insert = db.prepare('insert into record values (?, ?, 0, ?)')
  db.transaction(() => {
    for (const { table, id, fields } of rows) insert.run(table, id, JSON.stringify(fields))
  })()

  const stepsOf = (filter: Filter): string[] => {
    const { text, values } = render(sql`select r.id ${selectedFrom(schema, 'job', filter, asking, sqlite)}`, '?')
    expect(db.prepare(text).all(...values).length).toBeGreaterThan(0)
    const steps = db.prepare<unknown[], { detail: string }>(`explain query plan ${text}`).all(...values)
    return steps.map(({ detail }) => detail)
  }
  /** Of our tables: a whole one, or all of it by the first column of the primary key. */
  const scans = (filter: Filter): string[] => stepsOf(filter).filter(step => /^SCAN (r|l\d)\b|\(tbl=\?\)/.test(step))

  test.each(filters)('%s', (_, filter) => {
    const plan = indexesFor(schema, 'job', filter)
    expect(plan.scans).toEqual([])
    for (const text of createIndexes(schema, sqlite, plan.indexes)) db.exec(text)
    expect(scans(filter), stepsOf(filter).join('\n')).toEqual([])
  })

  test('ranges in an `or` once it has counted, as publishing does', () => {
    const filter: Filter = { any: [filters[0]![1], { all: [{ column: 'price', op: 'lt', value: 5 }] }] }
    db.exec('analyze')
    for (const [, each] of [...filters, ['', filter] as const]) expect(scans(each)).toEqual([])
  })
})

const cluster = await startPostgres()
afterAll(() => cluster.stop())

describe.skipIf(!cluster.running)(
  `PostgreSQL with the indexes a filter asks for reads no table for${why(cluster)}`,
  async () => {
    const database = cluster.running ? await cluster.database() : undefined
    const client = new pg.Client({ connectionString: database?.url })
    const dialect = postgres({ env: 1 })
    afterAll(async () => {
      await client.end()
      await database?.drop()
    })

    test('20,000 rows that are there', async () => {
      await client.connect()
      await client.query(`create table record (env integer not null, tbl text collate "C" not null,
      id text collate "C" not null, deleted boolean not null, fields jsonb not null, folded jsonb not null,
      primary key (env, tbl, id))`)
      const packed = JSON.stringify(rows.map(({ table, id, fields }) => [table, id, fields, foldedFields(fields)]))
      await client.query(
        `insert into record select 1, e ->> 0, e ->> 1, false, e -> 2, e -> 3 from jsonb_array_elements($1::jsonb) e`,
        [packed],
      )
      const all = filters.flatMap(([, filter]) => indexesFor(schema, 'job', filter).indexes)
      for (const text of createIndexes(schema, dialect, all)) await client.query(text)
      await client.query('analyze record')
      expect((await client.query('select 1 from record')).rowCount).toBe(2 * COUNT)
    })

    test.each(filters)('%s', async (_, filter) => {
      const from = selectedFrom(schema, 'job', filter, asking, dialect)
      const { text, values } = render(sql`select r.id ${from}`, '$')
      const { rows: lines } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values])
      const plan = lines.map(line => line['QUERY PLAN']).join('\n')
      expect(plan).not.toContain('Seq Scan')
      expect(plan).toMatch(/Index Scan|Index Only Scan|Bitmap Index Scan/)
      // a primary key read by (env, tbl) alone is the whole table under another name
      expect(plan).not.toMatch(/Index Cond: \(\(env = 1\) AND \(tbl = '\w+'::text\)\)$/m)
      expect((await client.query(text, [...values])).rowCount).toBeGreaterThan(0)
    })
  },
)
