import { StoreFault } from './store.ts'
import type { StoreFaultCode } from './store.ts'

// Plain assertions, so that the cases run in a page without a test runner.

/** Deep equality of store values; bytes equal only bytes, -0 equals 0. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (!same(actual, expected)) throw new Error(`${what}: expected ${shown(expected)}, got ${shown(actual)}`)
}

export async function expectFault(work: Promise<unknown>, code: StoreFaultCode, what: string): Promise<void> {
  const error = await failureOf(work, what)
  if (!(error instanceof StoreFault))
    throw new Error(`${what}: rejected with ${shown(error)} instead of a StoreFault`, { cause: error })
  expectSame(error.code, code, what)
}

export async function expectBug(work: Promise<unknown>, what: string): Promise<void> {
  const error = await failureOf(work, what)
  if (!(error instanceof TypeError))
    throw new Error(`${what}: rejected with ${shown(error)} instead of a TypeError`, { cause: error })
}

async function failureOf(work: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error(`${what}: did not reject`)
}

function same(a: unknown, b: unknown): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array !== b instanceof Uint8Array || Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = new Map(Object.entries(b))
  return left.length === right.size && left.every(([name, item]) => right.has(name) && same(item, right.get(name)))
}

const shown = (value: unknown): string =>
  value instanceof Error
    ? `${value.name}: ${value.message}`
    : (JSON.stringify(value, (_, item: unknown) =>
        item instanceof Uint8Array ? `bytes ${[...item].slice(0, 20).join(' ')}` : item,
      ) ?? 'undefined')
