import { closedFault } from './fault.ts'
import type { Store } from './store.ts'

/**
 * One store for several openers of one program, where the store itself has room for one: the first opens it, the last
 * who closes it closes it. Each has a handle of its own.
 */
export const createSharing = (): ((name: string, open: () => Promise<Store>) => Promise<Store>) => {
  const shares = new Map<string, { readonly store: Promise<Store>; holders: number }>()
  return async (name, open) => {
    const share = shares.get(name) ?? { store: open(), holders: 0 }
    shares.set(name, share)
    share.holders++
    const leave = (): boolean => --share.holders === 0 && shares.delete(name)
    try {
      return handleOn(await share.store, leave)
    } catch (fault) {
      leave()
      throw fault
    }
  }
}

const handleOn = (store: Store, leave: () => boolean): Store => {
  let closed = false
  const open = (): Store => {
    if (closed) throw closedFault()
    return store
  }
  return {
    get: async (shelf, key) => open().get(shelf, key),
    scan: async (shelf, range) => open().scan(shelf, range),
    commit: async (changes, durability) => open().commit(changes, durability),
    close: async () => {
      if (closed) return
      closed = true
      if (leave()) await store.close()
    },
  }
}
