import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

/**
 * What a scenario expects, and how it is told where it sees something else. Expected values fit what is seen if every
 * named value does: objects may hold more, lists may not; a pattern fits a text, a function judges by itself.
 */
export class Unmet extends Error {
  constructor(what: string, expected: unknown, seen: unknown) {
    super(`${what}\n  expected ${shown(expected)}\n  seen     ${shown(seen)}`)
    this.name = 'Unmet'
  }
}

const shown = (value: unknown): string =>
  inspect(value, { depth: 6, breakLength: Infinity, maxStringLength: 200, maxArrayLength: 20 }).slice(0, 1_000)

export const fits = (seen: unknown, expected: unknown): boolean => {
  if (typeof expected === 'function') return (expected as (seen: unknown) => boolean)(seen)
  if (expected instanceof RegExp) return typeof seen === 'string' && expected.test(seen)
  if (typeof expected !== 'object' || expected === null) return Object.is(seen, expected)
  if (typeof seen !== 'object' || seen === null) return false
  if (Array.isArray(expected))
    return Array.isArray(seen) && seen.length === expected.length && expected.every((each, at) => fits(seen[at], each))
  return Object.entries(expected).every(([name, each]) => fits((seen as Record<string, unknown>)[name], each))
}

/** @throws Unmet */
export const is = (seen: unknown, expected: unknown, what = 'at once'): void => {
  if (!fits(seen, expected)) throw new Unmet(what, expected, seen)
}

/** ms a system may take for what it does by itself */
export const PATIENCE = 15_000

/** Looks until it fits. @returns what fitted; @throws Unmet with what was seen last */
export const becomes = async <T>(look: () => Promise<T>, expected: unknown, within: number = PATIENCE): Promise<T> => {
  const until = Date.now() + within
  for (;;) {
    const seen = await look()
    if (fits(seen, expected)) return seen
    if (Date.now() > until) throw new Unmet(`within ${within / 1000} s`, expected, seen)
    await sleep(15)
  }
}

/** It stays so for a while: for what must not happen. */
export const stays = async (look: () => Promise<unknown>, expected: unknown, ms = 300): Promise<void> => {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(30)) is(await look(), expected, `for ${ms} ms`)
}

/** @throws Unmet where it is done, or refused for something else */
export const refuses = async (work: Promise<unknown>, fault: object): Promise<void> => {
  const seen = await work.then(
    () => 'it was done',
    (error: unknown) => error,
  )
  is(seen, fault, 'a refusal')
}
