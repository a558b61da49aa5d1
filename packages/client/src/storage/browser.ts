import type { StoragePort } from './port.ts'

/** The browser's own: `navigator.storage`, and a mark in localStorage, which a browser removes apart from databases. */
export const browserStorage = (name: string): StoragePort | undefined => {
  if (typeof navigator !== 'object' || typeof localStorage !== 'object') return undefined
  const { storage } = navigator as { readonly storage?: StorageManager }
  const key = `rejoin:${name}`
  return {
    estimate: async () => {
      const found = await storage?.estimate().catch(() => undefined)
      return found?.usage === undefined || found.quota === undefined
        ? undefined
        : { used: found.usage, quota: found.quota }
    },
    persist: async () => (await storage?.persist().catch(() => false)) ?? false,
    readMark: () => localStorage.getItem(key) ?? undefined,
    writeMark: text => {
      if (text === undefined) localStorage.removeItem(key)
      else localStorage.setItem(key, text)
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
