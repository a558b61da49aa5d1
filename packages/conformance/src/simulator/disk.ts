import { createMemoryDisk, type Store, type StoreChange } from '@rejoin/client'

/**
 * A device's disk under observation: whatever is committed is told in order. It outlives the programs that open it;
 * what a program had not committed when it crashed is gone.
 */
export interface Disk {
  open(): Store
  /** the program dies; the disk keeps what was committed */
  crash(): void
  /** reads what is on it beside the program */
  readonly reader: Pick<Store, 'get' | 'scan'>
}

/** @param forgetful planted: a commit resolves before the disk has it, and a crash loses the last one */
export const createDisk = (committed: (changes: readonly StoreChange[]) => void, forgetful: boolean): Disk => {
  const disk = createMemoryDisk()
  let current: Store | undefined
  let unsafe: readonly StoreChange[] | undefined

  const flush = async (store: Store): Promise<void> => {
    const changes = unsafe
    unsafe = undefined
    if (changes !== undefined) await store.commit(changes)
  }

  return {
    open: () => {
      const store = disk.open()
      current = store
      return {
        get: (shelf, key) => store.get(shelf, key),
        scan: (shelf, range) => store.scan(shelf, range),
        commit: async (changes, durability) => {
          if (forgetful) {
            await flush(store)
            if (changes.some(change => 'put' in change && change.put === 'outbox')) unsafe = changes
            else await store.commit(changes, durability)
          } else await store.commit(changes, durability)
          committed(changes)
        },
        close: async () => {
          await flush(store)
          await store.close()
        },
      }
    },
    crash: () => {
      unsafe = undefined
      current = undefined
      disk.crash()
    },
    reader: {
      get: async (shelf, key) => (await current?.get(shelf, key)) ?? undefined,
      scan: async (shelf, range) => (await current?.scan(shelf, range)) ?? [],
    },
  }
}
