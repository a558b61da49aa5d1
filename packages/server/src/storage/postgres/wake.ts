import pg from 'pg'
import { SWEEP, type Wake } from '../wake.ts'
import type { Address } from './connection.ts'

/** Commits within this time are told of together, ms. A NOTIFY per commit would queue all commits behind one lock. */
const DEBOUNCE = 20
/** The listening connection is made again after, ms. */
const RECONNECT = 500

/**
 * LISTEN and NOTIFY on one connection per relay, and a sweep behind: a notification is not kept for who does not listen
 * at that moment. A lost connection is made anew, and what may have been missed meanwhile is looked for.
 */
export const openPostgresWake = ({ url }: Address, env: number): Wake => {
  const channel = `rejoin_${env}`
  const listeners = new Set<() => void>()
  let client: pg.Client | undefined
  let told: number | undefined
  let telling: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined
  let closed = false

  const wakeUp = (): void => {
    for (const listener of listeners) listener()
  }

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'rejoin wake',
      keepAlive: true,
      pipeline: true,
    })
    const lost = (): void => {
      if (client === next) client = undefined
      if (closed || again !== undefined) return
      again = setTimeout(() => {
        again = undefined
        connecting = connect()
      }, RECONNECT)
      again.unref()
    }
    next.on('error', () => {})
    next.on('end', lost)
    next.on('notification', ({ processId }) => {
      if (processId !== backend) wakeUp()
    })
    let backend: number | undefined
    try {
      await next.connect()
      const { rows } = await next.query<{ pid: number }>('select pg_backend_pid() as pid')
      backend = rows[0]?.pid
      await next.query(`listen ${channel}`)
      if (closed) return await next.end()
      client = next
      wakeUp()
    } catch {
      await next.end().catch(() => undefined)
      lost()
    }
  }
  let connecting = connect()

  const sweep = setInterval(wakeUp, SWEEP)
  sweep.unref()

  const tell = async (): Promise<void> => {
    telling = undefined
    const rev = told
    told = undefined
    // without a connection the others' sweep finds it
    await client?.query('select pg_notify($1, $2)', [channel, String(rev)]).catch(() => undefined)
  }

  return {
    notify: rev => {
      told = rev
      telling ??= setTimeout(() => void tell(), DEBOUNCE)
      telling.unref()
    },
    onWake: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      if (closed) return
      closed = true
      clearInterval(sweep)
      clearTimeout(again)
      await connecting
      if (telling !== undefined) {
        clearTimeout(telling)
        await tell()
      }
      await client?.end().catch(() => undefined)
    },
  }
}
