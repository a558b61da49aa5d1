// Runs in the browser in place of the memory disk: what tests of a device keep lies in IndexedDB.
import { type MemoryDisk, openIndexedDbStore, type Store, StoreFault } from '@rejoin/client'

let disks = 0
/** calls that have not been answered */
let open = 0

const counted = async <T>(work: () => Promise<T>): Promise<T> => {
  open++
  try {
    return await work()
  } finally {
    open--
  }
}

/** A task of its own; timers that are set by timers come late. */
const turn = (): Promise<void> =>
  new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })

/** Nothing is under way, and nothing comes of what was. */
const quiet = async (): Promise<void> => {
  for (let still = 0; still < 3; still = open === 0 ? still + 1 : 0) await turn()
}

// What lets promises settle in Node lets the disk settle here.
Object.assign(globalThis, { setImmediate: (run: () => void) => void quiet().then(run) })

export const createMemoryDisk = (): MemoryDisk => {
  const name = `device-${(disks += 1)}`
  let current: { ended: boolean } | undefined
  return {
    open() {
      if (current !== undefined) throw new StoreFault('busy', 'another program has this store open', 'Close it.')
      const me = { ended: false }
      current = me
      const opening = openIndexedDbStore({ name })
      const call = <T>(work: (store: Store) => Promise<T>): Promise<T> =>
        counted(async () => {
          const store = await opening
          if (me.ended) throw new StoreFault('gone', 'the store is closed', 'Open it again.')
          return work(store)
        })
      return {
        get: (shelf, key) => call(store => store.get(shelf, key)),
        scan: (shelf, range) => call(store => store.scan(shelf, range)),
        commit: (changes, durability) => call(store => store.commit(changes, durability)),
        close: () =>
          counted(async () => {
            await (await opening).close()
            me.ended = true
            if (current === me) current = undefined
          }),
      }
    },
    crash() {
      if (current !== undefined) current.ended = true
      current = undefined
    },
  }
}

export const openMemoryStore = (): Store => createMemoryDisk().open()
