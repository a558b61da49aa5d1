import type { StoreValue } from './store.ts'

/** Roughly the bytes that an entry takes in a store, its key's among them. */
export const weightOfEntry = (key: string, value: StoreValue): number => {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return key.length + 8
  if (typeof value === 'string') return key.length + value.length
  if (value instanceof Uint8Array) return key.length + value.byteLength
  let bytes = key.length
  for (const name of Object.keys(value)) {
    bytes += weightOfEntry(name, (value as Readonly<Record<string, StoreValue>>)[name]!)
  }
  return bytes
}
