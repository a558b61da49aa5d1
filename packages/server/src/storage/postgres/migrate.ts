import { StorageFault } from '../fault.ts'
import type { Client } from './connection.ts'
import { steps } from './schema.ts'
import { fromText, toText } from './text.ts'

/** Relays that start at the same moment migrate one after another ('RJOI'). */
const LOCK = 0x524a4f49

export interface Named {
  /** the number that rows name their environment by */
  readonly env: number
  readonly id: string
}

/**
 * Brings the database to the present version, forward only, and finds the environment, made where there is none. All of
 * it is one transaction: a refused database, of a newer version or another program's, is left as it was.
 */
export const migrate = async (client: Client, at: string, name: string, newId: () => string): Promise<Named> => {
  await client.query('begin')
  try {
    await client.query(`select pg_advisory_xact_lock(${LOCK})`)
    const version = await versionOf(client, at)
    if (version === 0) await client.query(beginnings)
    for (const [index, step] of steps.entries()) {
      if (index < version) continue
      await client.query(step)
      await client.query(`insert into rejoin.migration (step) values (${index + 1})`)
    }
    const named = await environmentOf(client, name, newId)
    await client.query('commit')
    return named
  } catch (error) {
    // the connection may be gone, and the transaction with it
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

const beginnings = `
  create schema rejoin;
  create table rejoin.migration (step integer primary key, at timestamptz not null default now());
`

/** 0 where nothing of ours is there. */
const versionOf = async (client: Client, at: string): Promise<number> => {
  const found = await client.query<{ migrations: boolean; schema: boolean }>(
    `select to_regclass('rejoin.migration') is not null as migrations,
       exists (select from pg_namespace where nspname = 'rejoin') as schema`,
  )
  const { migrations, schema } = found.rows[0]!
  if (!migrations && schema)
    throw new StorageFault(
      'other',
      at,
      'its schema "rejoin" belongs to another program',
      'give another database, or rename that schema',
    )
  if (!migrations) return 0
  const newest = await client.query<{ version: number | null }>('select max(step) as version from rejoin.migration')
  const version = newest.rows[0]?.version ?? 0
  if (version > steps.length)
    throw new StorageFault(
      'newer',
      at,
      `it has version ${version}, this relay knows ${steps.length}`,
      'start the newer relay',
    )
  return version
}

const environmentOf = async (client: Client, name: string, newId: () => string): Promise<Named> => {
  const find = () => client.query<Named>('select env, id from rejoin.environment where name = $1', [toText(name)])
  let row = (await find()).rows[0]
  if (row === undefined) {
    await client.query('insert into rejoin.environment (name, id) values ($1, $2)', [toText(name), toText(newId())])
    row = (await find()).rows[0]!
  }
  return { env: row.env, id: fromText(row.id) }
}
