import { join } from 'node:path'
import { type RelayProcess, startRelay } from '../process.ts'
import type { SideOptions } from '../sides.ts'
import { seedDatabase } from './database.ts'

/** Our relay by `rejoin serve`, on a database with rows 0 to `records`. */
export interface BenchRelay {
  readonly url: string
  readonly file: string
  /** one for each of its people */
  readonly tokens: readonly string[]
  readonly relay: RelayProcess
}

export const openBenchRelay = async ({ records, folder }: SideOptions): Promise<BenchRelay> => {
  const file = join(folder, 'relay.db')
  const tokens = await seedDatabase(file, records)
  const relay = await startRelay({
    script: commandOf(import.meta.resolve('@rejoin/server')),
    args: ['serve', '--db', file, '--port', '0', '--dev-issuer'],
    ready: /Rejoin relay at (http:[^\s,]+)/,
  })
  return { url: relay.said[1] ?? '', file, tokens, relay }
}

/** The command of the package this process has loaded: built by `pnpm bench`, the source elsewhere. */
const commandOf = (server: string): URL => new URL(server.endsWith('.ts') ? 'cli.ts' : 'cli.js', server)
