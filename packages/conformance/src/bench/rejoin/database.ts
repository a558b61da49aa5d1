import { randomBytes } from 'node:crypto'
import type { Person } from '@rejoin/profile'
import { createLoader, environmentEntries, openDevelopmentIssuer, openSqliteStorage } from '@rejoin/server'
import Database from 'better-sqlite3'
import { BENCH_TABLE, benchRow, benchSchema } from '../record.ts'

/** People enough for every device to have its own: a relay takes 20 connections of one user. */
const PEOPLE = 64

const people: readonly Person[] = Array.from({ length: PEOPLE }, (_, n) => ({
  id: `technician-${n}`,
  name: `Technician ${n}`,
  teams: [],
  roles: ['technician'],
}))

const BATCH = 1000

/**
 * A relay's database with rows 0 to `records`, whose people hold and write all of them.
 * @returns a token for each of its people
 */
export const seedDatabase = async (path: string, records: number): Promise<readonly string[]> => {
  const storage = await openSqliteStorage({ path, newId: () => randomBytes(8).toString('hex') })
  try {
    const profile = {
      name: 'Everything',
      version: 1,
      items: [{ table: BENCH_TABLE, filter: { kind: 'all' as const } }],
    }
    const entries = environmentEntries({
      schema: benchSchema,
      settings: { strategy: 'clientWins', strategies: {} },
      people,
      profiles: [{ profile, members: { everyone: true } }],
    })
    await storage.commit({}, () => ({ result: undefined, entries }))
    const loader = await createLoader({ storage, existing: 'keep' })
    for (let from = 0; from < records; from += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, records - from) }, (_, n) => benchRow(from + n))
      await loader.write(rows.map(({ id, values }) => ({ table: BENCH_TABLE, id, fields: values })))
    }
    const issuer = await openDevelopmentIssuer(storage)
    return await Promise.all(people.map(({ id }) => issuer.token(id)))
  } finally {
    await storage.close()
  }
}

/** Transactions that gave out revisions, counted beside the relay that runs on the file. */
export const countCommits = (path: string): number => {
  const database = new Database(path, { readonly: true })
  const [commits] = database.prepare<[], [number]>('SELECT count(*) FROM commit_log').raw().all()[0] ?? [0]
  database.close()
  return commits
}
