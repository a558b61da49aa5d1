/**
 * The store in a browser: one IndexedDB database, one object store per shelf, keys out of line.
 *
 * IndexedDB runs transactions with a store in common in the order of their creation and others beside each
 * other, so every commit takes `meta` besides its own shelves: commits run one at a time in call order, and
 * reads of other shelves do not wait for them. A transaction is filled in the turn that creates it; nothing
 * is awaited inside it, and its end is asked for in that turn: left to itself it would end by a message from the
 * window, and one that is frozen in between would hold up every other. A commit is settled by its transaction's
 * complete or abort event alone, since only the abort knows the cause (a full disk shows up after every request
 * has succeeded).
 */
import { unwrap, wrap } from 'idb'
import type { DBSchema, IDBPDatabase } from 'idb'
import { checkChanges, shelfOf, tightValue } from './change.ts'
import { closedFault, damagedFault, fullFault, newerFault, takenFault } from './fault.ts'
import { STORE_VERSION, StoreFault, shelves } from './store.ts'
import type { Shelf, Store, StoreChange, StoreValue } from './store.ts'

type ShelfSchema = DBSchema & { readonly [shelf in Shelf]: { readonly key: string; readonly value: StoreValue } }

/**
 * `indexedDB`: the factory to use instead of the page's. `gone`: hears when the store is taken away, by a newer version of
 * the app in another window or by the browser. Rejects with `StoreFault` newer, blocked, full, damaged or gone.
 */
export async function openIndexedDbStore({
  name,
  indexedDB = globalThis.indexedDB,
  gone,
}: {
  readonly name: string
  readonly gone?: (fault: StoreFault) => void
  readonly indexedDB?: IDBFactory
}): Promise<Store> {
  const database = await openDatabase(indexedDB, name)
  let ended: StoreFault | undefined
  const end = (fault: StoreFault): void => {
    ended ??= fault
    database.close()
  }
  const takenAway = (message: string): void => {
    const first = ended === undefined
    end(withdrawnFault(message))
    if (first && ended !== undefined) gone?.(ended)
  }
  database.addEventListener('versionchange', () => takenAway('another window updated or removed this store'))
  database.addEventListener('close', () => takenAway('the browser closed this store'))

  /** Runs `work`, rejecting in the words of the port, with the reason of the end when there was one. */
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    if (ended !== undefined) throw ended
    try {
      return await work()
    } catch (error) {
      const fault = faultOf(error)
      throw fault instanceof StoreFault && fault.code === 'gone' && ended !== undefined ? ended : fault
    }
  }
  let lastCommit: Promise<void> = Promise.resolve()
  return {
    get: (shelf, key) =>
      told(async () => {
        const transaction = database.transaction(shelf)
        const found = transaction.store.get(key)
        transaction.commit()
        const [value] = await Promise.all([found, transaction.done])
        return value
      }),
    scan: (shelf, { from, to, limit } = {}) =>
      told(async () => {
        const range = rangeOf(from, to)
        if (range === 'empty' || (limit !== undefined && limit <= 0)) return []
        const transaction = database.transaction(shelf)
        const found = [transaction.store.getAllKeys(range, limit), transaction.store.getAll(range, limit)] as const
        transaction.commit()
        const [keys, values] = await Promise.all([...found, transaction.done])
        return keys.map((key, index): [string, StoreValue] => [key, values[index] ?? null])
      }),
    commit(changes, durability = 'strict') {
      const commit = told(async () => {
        checkChanges(changes)
        const scope = new Set<Shelf>(['meta', ...changes.map(shelfOf)])
        const transaction = unwrap(database).transaction([...scope], 'readwrite', { durability })
        fill(transaction, changes)
        transaction.commit()
        await completed(transaction)
      })
      lastCommit = commit.catch(() => {})
      return commit
    },
    async close() {
      end(closedFault())
      await lastCommit
    },
  }
}

/** ms that windows of an older version have to let go */
const GIVING_WAY = 3_000

function openDatabase(factory: IDBFactory | undefined, name: string): Promise<IDBPDatabase<ShelfSchema>> {
  return new Promise((resolve, reject) => {
    if (factory === undefined) return reject(absentFault())
    let blocked = false
    let patience: ReturnType<typeof setTimeout> | undefined
    const request = opening(factory, name)
    request.addEventListener('upgradeneeded', () => {
      for (const shelf of shelves) {
        if (!request.result.objectStoreNames.contains(shelf)) request.result.createObjectStore(shelf)
      }
    })
    request.addEventListener('blocked', () => {
      // A window that gives way first ends what it was writing.
      patience = setTimeout(() => {
        blocked = true
        reject(blockedFault())
      }, GIVING_WAY)
    })
    request.addEventListener('error', () => reject(faultOf(request.error)))
    request.addEventListener('success', () => {
      clearTimeout(patience)
      const database = request.result
      const whole = shelves.every(shelf => database.objectStoreNames.contains(shelf))
      if (!blocked && whole) return resolve(wrap(database) as unknown as IDBPDatabase<ShelfSchema>)
      database.close()
      reject(damagedFault('the database of this name lacks shelves'))
    })
  })
}

/** With cookies blocked the asking itself throws. */
function opening(factory: IDBFactory | undefined, name: string): IDBOpenDBRequest {
  if (factory === undefined) throw absentFault()
  try {
    return factory.open(name, STORE_VERSION)
  } catch (error) {
    throw faultOf(error)
  }
}

/** A request that cannot even be made takes the whole transaction back. */
function fill(transaction: IDBTransaction, changes: readonly StoreChange[]): void {
  try {
    for (const change of changes) {
      const shelf = transaction.objectStore(shelfOf(change))
      if ('put' in change) shelf.put(tightValue(change.value), change.key)
      else if ('add' in change) shelf.add(tightValue(change.value), change.key)
      else if ('delete' in change) shelf.delete(change.key)
      else clear(shelf, rangeOf(change.from, change.to))
    }
  } catch (error) {
    transaction.abort()
    throw error
  }
}

function clear(shelf: IDBObjectStore, range: Range): void {
  if (range === undefined) shelf.clear()
  else if (range !== 'empty') shelf.delete(range)
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new DOMException('the transaction was taken back', 'AbortError')),
    )
  })
}

type Range = IDBKeyRange | 'empty' | undefined

function rangeOf(from: string | undefined, to: string | undefined): Range {
  if (from === undefined) return to === undefined ? undefined : IDBKeyRange.upperBound(to, true)
  if (to === undefined) return IDBKeyRange.lowerBound(from)
  return from < to ? IDBKeyRange.bound(from, to, false, true) : 'empty'
}

/** IndexedDB's errors in the words of the port; what is none of them is a bug and stays as it is. */
function faultOf(error: unknown): unknown {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'QuotaExceededError':
      return fullFault(error)
    case 'ConstraintError':
      return takenFault(error)
    case 'VersionError':
      return newerFault(error)
    case 'AbortError':
    case 'InvalidStateError':
    case 'SecurityError':
      return withdrawnFault('the browser withdrew this store', error)
    case 'UnknownError':
    case 'NotReadableError':
    case 'NotFoundError':
    case 'DataError':
      return damagedFault('the browser cannot read this store', error)
    default:
      return error
  }
}

const withdrawnFault = (message: string, cause?: unknown): StoreFault =>
  new StoreFault('gone', message, 'Reload the app; what was saved before is kept unless the site data was removed.', {
    cause,
  })

const absentFault = (): StoreFault =>
  new StoreFault('gone', 'there is no IndexedDB here', 'On Node, open with @rejoin/client/node, or hand in a store.')

const blockedFault = (): StoreFault =>
  new StoreFault(
    'blocked',
    'another window still uses this store in an older version',
    'Close the other windows of the app, then open again.',
  )
