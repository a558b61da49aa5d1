import type { PlainRow } from '@rejoin/profile'
import type { Rejoin } from '../device/device.ts'
import type { Observable } from '../observe/observable.ts'
import type { Readiness } from '../readiness/readiness.ts'
import type { Counted, Single } from '../table/count.ts'
import type { IncludingQuery, Query, ShownRow } from '../table/query.ts'
import { sameKey } from './key.ts'

/**
 * What components ask of a device, once for all of them: who asks the same table for the same words, in whatever
 * object, reads the same list. Asking happens while drawing, and React throws away drawings it does not need; so what
 * nobody shows is closed after a while, and opened again where somebody comes back to it.
 */
export interface Shared {
  query(table: string, query: IncludingQuery): Observable<readonly ShownRow[]>
  count(table: string, counted: Counted): Observable<number>
  countBy(table: string, column: string, counted: Counted): Observable<ReadonlyMap<Single, number>>
  record(table: string, id: string): Observable<PlainRow | undefined>
  ready(table: string, id: string): Observable<Readiness>
  readyAll(table: string, query: Query): Observable<Readiness>
  /** the first sync to come: the same promise for all who wait, or they would begin to wait again and again */
  whenReady(table: string): Promise<unknown>
}

/** ms for which what nobody shows stays open */
export const LINGER = 5_000

const known = new WeakMap<Rejoin, Shared>()

export const sharedOf = (rejoin: Rejoin): Shared => {
  const found = known.get(rejoin) ?? createShared(rejoin)
  known.set(rejoin, found)
  return found
}

const createShared = (rejoin: Rejoin): Shared => {
  const queries = createPool<readonly ShownRow[]>()
  const counts = createPool<number>()
  const countsBy = createPool<ReadonlyMap<Single, number>>()
  const records = createPool<PlainRow | undefined>()
  const readiness = createPool<Readiness>()
  let ready: Promise<unknown> | undefined
  return {
    query: (table, query) => queries(sameKey([table, query]), () => rejoin.table(table).query(query)),
    count: (table, counted) => counts(sameKey([table, counted]), () => rejoin.table(table).count(counted)),
    countBy: (table, column, counted) =>
      countsBy(sameKey([table, column, counted]), () => rejoin.table(table).countBy(column, counted)),
    record: (table, id) => records(sameKey([table, id]), () => rejoin.table(table).watch(id)),
    ready: (table, id) => readiness(sameKey([table, 'one', id]), () => rejoin.table(table).ready(id)),
    readyAll: (table, query) => readiness(sameKey([table, 'all', query]), () => rejoin.table(table).readyAll(query)),
    whenReady: table => {
      if (ready === undefined) {
        const query = rejoin.table(table).query({ limit: 0 })
        query.close()
        ready = query.whenReady()
        // A cache that is cleared waits for another first sync: what has been is nothing to wait for.
        const forget = (): void => {
          ready = undefined
        }
        ready.then(forget, forget)
      }
      return ready
    },
  }
}

interface Live<T> extends Observable<T> {
  close(): void
}

const createPool = <T>(): ((key: string, open: () => Live<T>) => Observable<T>) => {
  const pool = new Map<string, Observable<T>>()
  return (key, open) => {
    const found = pool.get(key)
    if (found !== undefined) return found
    const made = createLingering(open, () => {
      if (pool.get(key) === made) pool.delete(key)
    })
    pool.set(key, made)
    return made
  }
}

/** Open from when it is looked at until a while after the last one who shows it has gone. */
const createLingering = <T>(open: () => Live<T>, closed: () => void): Observable<T> => {
  let live: Live<T> | undefined
  let shown = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = (): void => {
    live?.close()
    live = undefined
    closed()
  }
  const linger = (): void => {
    clearTimeout(timer)
    timer = setTimeout(end, LINGER)
  }
  const opened = (): Live<T> => {
    if (live === undefined) {
      linger()
      live = open()
    }
    return live
  }
  return {
    get current() {
      return opened().current
    },
    subscribe: listener => {
      const stop = opened().subscribe(listener)
      shown++
      clearTimeout(timer)
      return () => {
        stop()
        shown--
        if (shown === 0) linger()
      }
    },
  }
}
