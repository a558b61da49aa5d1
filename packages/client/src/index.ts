// The offline replica of a device.

// store: where a device keeps everything
export { openIndexedDbStore } from './store/indexeddb.ts'
export type { MemoryDisk } from './store/memory.ts'
export { createMemoryDisk, openMemoryStore } from './store/memory.ts'
export type { Shelf, Store, StoreChange, StoreFaultCode, StoreValue } from './store/store.ts'
export { shelves, STORE_VERSION, StoreFault } from './store/store.ts'
