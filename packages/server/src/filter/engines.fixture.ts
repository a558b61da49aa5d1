import { compileFilter, type Filter, foldedFields, indexRows, postgres, render, selectedFrom, sql, sqlite, sqliteFunctions } from '@rejoin/profile' // prettier-ignore
import Database from 'better-sqlite3'
import pg from 'pg'
import { naive } from './oracle.fixture.ts'
import { type Row, schema, type World } from './world.fixture.ts'

/** The ids of the live jobs of a world that each of some filters selects, in order. */
export interface Engine {
  readonly name: string
  ask(world: World): Promise<string[][]>
  close(): Promise<void>
}

const live = (world: World, rows: readonly Row[]): Row[] => rows.filter(({ id }) => !world.gone.has(id))
const none = async (): Promise<void> => {}

export const oracle: Engine = {
  name: 'the statements',
  close: none,
  ask: async world =>
    world.filters.map(filter =>
      live(world, world.jobs)
        .filter(row => naive(world, 'job', filter, row))
        .map(({ id }) => id)
        .toSorted(),
    ),
}

export const memory: Engine = {
  name: 'memory',
  close: none,
  ask: async world => {
    const rows = indexRows(
      schema,
      new Map([
        ['job', live(world, world.jobs)],
        ['visit', live(world, world.visits)],
      ]),
    )
    return world.filters.map(filter => {
      const matches = compileFilter(schema, 'job', filter, world, rows)
      return live(world, world.jobs)
        .filter(({ fields, id }) => matches(fields, id))
        .map(({ id }) => id)
        .toSorted()
    })
  },
}

const tables = (world: World): [table: string, row: Row, deleted: boolean][] => [
  ...world.jobs.map(row => ['job', row, world.gone.has(row.id)] as [string, Row, boolean]),
  ...world.visits.map(row => ['visit', row, world.gone.has(row.id)] as [string, Row, boolean]),
]

export const openSqlite = (): Engine & { readonly db: Database.Database } => {
  const db = new Database(':memory:')
  for (const { name, call } of sqliteFunctions) db.function(name, { deterministic: true, varargs: true }, call)
  db.exec(`create table record (tbl text not null, id text not null, deleted integer not null, json text not null,
    primary key (tbl, id)) strict`)
  const insert = db.prepare('insert into record values (?, ?, ?, ?)')
  const ask = (world: World, filter: Filter): string[] => {
    const { text, values } = render(
      sql`select r.id ${selectedFrom(schema, 'job', filter, world, sqlite)} order by r.id`,
      '?',
    )
    return db
      .prepare<unknown[], string>(text)
      .pluck()
      .all(...values)
  }
  return {
    name: 'SQLite',
    db,
    close: async () => void db.close(),
    ask: async world => {
      db.exec('delete from record')
      for (const [table, { id, fields }, deleted] of tables(world))
        insert.run(table, id, Number(deleted), JSON.stringify(fields))
      return world.filters.map(filter => ask(world, filter))
    },
  }
}

export const openPostgres = async (url: string): Promise<Engine> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create table record (env integer not null, tbl text collate "C" not null,
    id text collate "C" not null, deleted boolean not null, fields jsonb not null, folded jsonb not null,
    primary key (env, tbl, id))`)
  const dialect = postgres({ env: 7 })
  const ask = async (world: World, filter: Filter): Promise<string[]> => {
    const from = selectedFrom(schema, 'job', filter, world, dialect)
    const { text, values } = render(sql`select r.id ${from} order by r.id`, '$')
    return (await client.query<{ id: string }>(text, [...values])).rows.map(({ id }) => id)
  }
  return {
    name: 'PostgreSQL',
    close: () => client.end(),
    ask: async world => {
      const rows = tables(world).map(([table, { id, fields }, deleted]) => [
        table,
        id,
        deleted,
        fields,
        foldedFields(fields),
      ])
      await client.query('begin')
      await client.query('truncate record')
      await client.query(
        `insert into record select 7, e ->> 0, e ->> 1, (e -> 2)::boolean, e -> 3, e -> 4
         from jsonb_array_elements($1::jsonb) e`,
        [JSON.stringify(rows)],
      )
      const answers: string[][] = []
      for (const filter of world.filters) answers.push(await ask(world, filter))
      await client.query('rollback')
      return answers
    },
  }
}
