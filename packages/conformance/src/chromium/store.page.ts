// Runs in the browser: the store contract over the IndexedDB of a real engine, case by case.
import { openIndexedDbStore, StoreFault } from '@rejoin/client'
import type { Store } from '@rejoin/client'
import { storeCases } from '@rejoin/client/store-cases'
import type { OpenedStore, StoreHarness } from '@rejoin/client/store-cases'

/** What the test calls in the page, and what it offers to it. */
export interface StorePage {
  /** rejects with the assertion that failed */
  runCase(title: string): Promise<void>
  /** opens the database `name` and keeps it open */
  open(name: string): Promise<void>
  /** the code of the fault that a commit on the kept store meets, or 'committed' */
  commit(name: string): Promise<string>
  /** deletes the database, whoever has it open */
  remove(name: string): Promise<void>
}

declare global {
  var storePage: StorePage
}

let databases = 0
const kept = new Map<string, Store>()

const removeDatabase = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.addEventListener('success', () => resolve())
    request.addEventListener('error', () => reject(new Error(`delete ${name}`, { cause: request.error })))
  })

async function openOwn(): Promise<OpenedStore> {
  const name = `contract-${(databases += 1)}`
  const first = await openIndexedDbStore({ name })
  let current = first
  return {
    store: first,
    async reopen() {
      await current.close()
      current = await openIndexedDbStore({ name })
      return current
    },
    async dispose() {
      await current.close()
      await removeDatabase(name)
    },
  }
}

// the test opens a page whose origin has little room for the cases that need it
const harness: StoreHarness = { open: openOwn, openSmall: openOwn }

globalThis.storePage = {
  async runCase(title) {
    const found = storeCases.find(one => one.title === title)
    if (found === undefined) throw new Error(`no case named ${title}`)
    await found.run(harness)
  },
  async open(name) {
    kept.set(name, await openIndexedDbStore({ name }))
  },
  async commit(name) {
    try {
      await kept.get(name)?.commit([{ put: 'outbox', key: 'e', value: 1 }])
      return 'committed'
    } catch (error) {
      if (error instanceof StoreFault) return error.code
      throw error
    }
  },
  remove: removeDatabase,
}
