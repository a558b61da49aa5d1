import { shelves } from './store.ts'
import type { Shelf, StoreChange, StoreValue } from './store.ts'

/** What every adapter asks of a commit before it touches anything: changes that each engine can keep alike. */
export function checkChanges(changes: readonly StoreChange[]): void {
  for (const change of changes) {
    if ('put' in change) {
      checkPlace(change.put, change.key)
      checkValue(change.value, change.put, change.key)
    } else if ('add' in change) {
      checkPlace(change.add, change.key)
      checkValue(change.value, change.add, change.key)
    } else if ('delete' in change) {
      checkPlace(change.delete, change.key)
    } else {
      checkPlace(change.clear, change.from ?? '')
      checkPlace(change.clear, change.to ?? '')
    }
  }
}

export const shelfOf = (change: StoreChange): Shelf =>
  'put' in change ? change.put : 'add' in change ? change.add : 'delete' in change ? change.delete : change.clear

const ascii = /^[\0-\x7f]*$/

function checkPlace(shelf: Shelf, key: string): void {
  if (!shelves.includes(shelf)) throw new TypeError(`no shelf named ${String(shelf)}`)
  if (typeof key !== 'string' || !ascii.test(key)) throw new TypeError(`a key of ${shelf} is not an ASCII string`)
}

function checkValue(value: unknown, shelf: Shelf, key: string): void {
  if (value === null || value instanceof Uint8Array) return
  if (Array.isArray(value)) {
    for (const item of value) checkValue(item, shelf, key)
    return
  }
  if (typeof value === 'object') {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw new TypeError(`${shelf} ${key}: holds an object that is not plain data`)
    for (const name of Object.keys(value)) {
      if (name === '__proto__') throw new TypeError(`${shelf} ${key}: __proto__ is no name for a field`)
      checkValue((value as Readonly<Record<string, unknown>>)[name], shelf, key)
    }
    return
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return
  throw new TypeError(`${shelf} ${key}: ${typeof value} is not a value`)
}

/** The same value in new containers, its bytes as `bytes` gives them. */
export function mapBytes(value: StoreValue, bytes: (bytes: Uint8Array) => Uint8Array): StoreValue {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint8Array) return bytes(value)
  if (isList(value)) return value.map(item => mapBytes(item, bytes))
  const mapped: Record<string, StoreValue> = { ...value }
  for (const name of Object.keys(mapped)) {
    const member = mapped[name]!
    if (typeof member === 'object' && member !== null) mapped[name] = mapBytes(member, bytes)
  }
  return mapped
}

/** `Array.isArray` alone does not tell a list that is readonly from an object. */
const isList = (value: object): value is readonly StoreValue[] => Array.isArray(value)

export const copyValue = (value: StoreValue): StoreValue => mapBytes(value, bytes => new Uint8Array(bytes))

/** Structured clone keeps the whole buffer behind a view (a frame behind one row of it), so loose views are cut out. */
export const tightValue = (value: StoreValue): StoreValue =>
  mapBytes(value, bytes => (bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)))
