import type { StoragePort } from './port.ts'

/**
 * The browser's own: `navigator.storage`, and a mark in localStorage, which a browser removes apart from databases. Where
 * localStorage is full or forbidden there is no mark, and nothing else is different.
 */
export const browserStorage = (name: string): StoragePort | undefined => {
  if (typeof navigator !== 'object' || !('storage' in navigator || hasShelf())) return undefined
  const { storage } = navigator as { readonly storage?: Partial<StorageManager> }
  const key = `rejoin:${name}`
  return {
    estimate: async () => {
      const found = await storage?.estimate?.().catch(() => undefined)
      return found?.usage === undefined || found.quota === undefined
        ? undefined
        : { used: found.usage, quota: found.quota }
    },
    persist: async () => (await storage?.persist?.().catch(() => false)) ?? false,
    readMark: () => onShelf(shelf => shelf.getItem(key) ?? undefined),
    writeMark: text => {
      // The old mark goes first: it makes room for the new one, and of a shelf that is full it would say what is not so.
      onShelf(shelf => shelf.removeItem(key))
      if (text !== undefined) onShelf(shelf => shelf.setItem(key, text))
    },
  }
}

/** Where a user lets a site keep no data, all that says so before anything is tried is that this cannot be read. */
export const mayKeep = (): boolean => {
  try {
    void globalThis.localStorage
    return true
  } catch {
    return false
  }
}

/** Of a page for which the browser keeps nothing: private windows of some, and all where sites may keep no data. */
export const nothingKept: StoragePort = {
  durability: 'none',
  estimate: async () => undefined,
  persist: async () => false,
  readMark: () => undefined,
  writeMark: () => {},
}

const hasShelf = (): boolean => onShelf(() => true) === true

/** With cookies blocked the very name throws; a full shelf throws on writing. @returns undefined where it cannot be done */
const onShelf = <T>(use: (shelf: Storage) => T): T | undefined => {
  try {
    return typeof localStorage === 'object' && localStorage !== null ? use(localStorage) : undefined
  } catch (fault) {
    if (fault instanceof DOMException) return undefined
    throw fault
  }
}
