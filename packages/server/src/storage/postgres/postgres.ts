import { setTimeout as sleep } from 'node:timers/promises'
import { postgres } from '@rejoin/profile'
import { StorageFault } from '../fault.ts'
import type { Decision, Found, Storage, Wanted } from '../storage.ts'
import type { Wake } from '../wake.ts'
import { commitOnce, type Progress, wasCommitted } from './commit.ts'
import { addressOf, type Client, openPool } from './connection.ts'
import { migrate } from './migrate.ts'
import { asFault, isLost, isUndone } from './postgres-fault.ts'
import { openSnapshots } from './snapshots.ts'
import { openPostgresWake } from './wake.ts'

export interface PostgresOptions {
  /** postgres://user:password@host:port/database; TLS as `pg` reads it from there (sslmode) */
  readonly url: string
  /** which of the environments in the database; made where there is none. Default `default` */
  readonly name?: string
  /** 16 random hex digits; names the environment when it is made */
  readonly newId: () => string
  /** connections for snapshots; one for commits and one to listen come on top. Default 10 */
  readonly connections?: number
}

export interface PostgresStorage extends Storage {
  /** the id of the environment, given when it was made */
  readonly environment: string
  /** tells the relays over this environment of one another's commits; closed with the storage */
  readonly wake: Wake
}

/** Waits before a transaction that was lost or undone is tried again, ms. */
const RETRIES = [20, 100, 400, 1_000]
/** A relay that stands still in mid-commit lets the others go on after this, ms. */
const STALLED = 15_000

/**
 * An environment in PostgreSQL (13 or newer), shared by any number of relays. Lost connections are made anew and their
 * transactions repeated; throws a `StorageFault` if the database cannot be used, and leaves it as it was.
 */
export const openPostgresStorage = async (options: PostgresOptions): Promise<PostgresStorage> => {
  const { url, name = 'default', newId, connections = 10 } = options
  const address = addressOf(url)
  const { at } = address
  const commits = openPool(address, 1, { idle_in_transaction_session_timeout: STALLED, lock_timeout: STALLED })

  const connect = async (): Promise<Client> => {
    try {
      return await commits.connect()
    } catch (error) {
      throw asFault(error, at)
    }
  }
  const first = await connect()
  const { env, id: environment } = await migrate(first, at, name, newId)
    .catch((error: unknown) => Promise.reject(asFault(error, at)))
    .finally(() => first.release())
    .catch(async (error: unknown) => {
      await commits.end()
      throw error
    })

  const snapshots = openSnapshots(address, env, connections)
  const wake = openPostgresWake(address, env)
  let queue: Promise<unknown> = Promise.resolve()
  let closing: Promise<void> | undefined

  const refuseIfClosed = (): void => {
    if (closing !== undefined) throw new StorageFault('other', at, 'it is closed', 'open it again')
  }

  const commitSurely = async <T>(wanted: Wanted, decide: (found: Found) => Decision<T>): Promise<T> => {
    for (let attempt = 0; ; attempt += 1) {
      const progress: Progress = { phase: 'open' }
      let result: { value: T } | undefined
      let client: Client | undefined
      try {
        client = await commits.connect()
        const value = await commitOnce(
          client,
          env,
          wanted,
          found => {
            const decision = decide(found)
            result = { value: decision.result }
            return decision
          },
          progress,
        )
        client.release()
        return value
      } catch (error) {
        const lost = isLost(error)
        if (client !== undefined) await giveBack(client, lost)
        if (lost && progress.phase === 'committing') {
          if (await settleDoubt(progress.xid!)) return result!.value
        } else if (!lost && !isUndone(error)) throw asFault(error, at)
        const wait = RETRIES[attempt]
        if (wait === undefined) throw asFault(error, at)
        await sleep(wait)
      }
    }
  }

  /** The commit was sent and no answer came. */
  const settleDoubt = async (xid: string): Promise<boolean> => {
    for (let attempt = 0; ; attempt += 1) {
      let client: Client | undefined
      try {
        client = await commits.connect()
        const committed = await wasCommitted(client, env, xid)
        client.release()
        return committed
      } catch (error) {
        client?.release(true)
        const wait = RETRIES[attempt]
        if (wait === undefined) throw new StorageFault('unreachable', at, inDoubt, askAgain, error)
        await sleep(wait)
      }
    }
  }

  return {
    environment,
    wake,

    async snapshot(read) {
      refuseIfClosed()
      return snapshots.during(read)
    },

    async commit(wanted, decide) {
      refuseIfClosed()
      const done = queue.then(() => commitSurely(wanted, decide))
      queue = done.catch(() => undefined) // its caller hears of it
      return done
    },

    async createIndexes(statements) {
      refuseIfClosed()
      const done = queue.then(async () => {
        const client = await connect()
        try {
          await client.query('begin')
          // relays that start at the same moment make them one after another ('RJOX')
          await client.query(`select pg_advisory_xact_lock(${0x524a4f58})`)
          for (const statement of statements(postgres({ schema: 'rejoin', env }))) await client.query(statement)
          await client.query('analyze rejoin.record')
          await client.query('commit')
          client.release()
        } catch (error) {
          await giveBack(client, isLost(error))
          throw asFault(error, at)
        }
      })
      queue = done.catch(() => undefined) // its caller hears of it
      return done
    },

    close() {
      closing ??= (async () => {
        await queue
        await Promise.all([wake.close(), snapshots.close(), commits.end()])
      })()
      return closing
    },
  }
}

const inDoubt = 'the connection was lost while it committed, and whether it did is not known'
const askAgain = 'send it again: an edit that was written is answered with its outcome'

/** A connection that is sound goes back to its pool, its transaction undone. */
const giveBack = async (client: Client, lost: boolean): Promise<void> => {
  if (lost) return client.release(true)
  try {
    await client.query('rollback')
    client.release()
  } catch {
    client.release(true)
  }
}
