import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { View } from '../storage.ts'
import { type Address, type Client, openPool } from './connection.ts'
import { asFault, isLost } from './postgres-fault.ts'
import { readHead } from './reads.ts'
import { postgresView } from './view.ts'

export interface Snapshots {
  during<T>(read: (view: View) => Promise<T>): Promise<T>
  /** cuts off what is open */
  close(): Promise<void>
}

/** Connections for snapshots inside snapshots: those waiting for the pool would wait for one another. */
const NESTED = 50
const RETRIES = [20, 100, 400]

/** Each snapshot is a REPEATABLE READ transaction of its own connection. */
export const openSnapshots = (address: Address, env: number, connections: number): Snapshots => {
  const { at } = address
  const pool = openPool(address, connections)
  const nested = openPool(address, NESTED)
  const inside = new AsyncLocalStorage<true>()
  const open = new Set<Client>()

  const begin = async (): Promise<{ client: Client; head: Awaited<ReturnType<typeof readHead>> }> => {
    for (let attempt = 0; ; attempt += 1) {
      let client: Client | undefined
      try {
        client = await (inside.getStore() === true ? nested : pool).connect()
        const [, head] = await Promise.all([
          client.query('begin isolation level repeatable read, read only'),
          readHead(client, env), // the first read fixes the state
        ])
        return { client, head }
      } catch (error) {
        client?.release(true)
        const wait = RETRIES[attempt]
        if (!isLost(error) || wait === undefined) throw asFault(error, at)
        await sleep(wait)
      }
    }
  }

  const end = async (client: Client): Promise<void> => {
    if (!open.delete(client)) return
    try {
      await client.query('rollback')
      client.release()
    } catch {
      client.release(true)
    }
  }

  return {
    async during(read) {
      const { client, head } = await begin()
      open.add(client)
      const view = postgresView(head, env, async use => {
        if (!open.has(client)) throw new Error('a view was used after the end of its snapshot')
        try {
          return await use(client)
        } catch (error) {
          throw asFault(error, at)
        }
      })
      try {
        return await inside.run(true, () => read(view))
      } finally {
        await end(client)
      }
    },
    async close() {
      for (const client of open) {
        open.delete(client)
        client.release(true)
      }
      await Promise.all([pool.end(), nested.end()])
    },
  }
}
