/**
 * What is computed again often says what it said before. Who hands out the value from before then spares every
 * subscriber the work of finding out, and lists their redrawing.
 */
export const kept = <T>(before: T | undefined, after: T): T =>
  before !== undefined && isSame(before, after) ? before : after

/** A list whose members are the ones it had. */
export const keptList = <T>(before: readonly T[] | undefined, after: readonly T[]): readonly T[] =>
  before !== undefined && before.length === after.length && after.every((each, at) => each === before[at])
    ? before
    : after

/** Whether two pieces of plain data say the same; whatever else they hold is the same only where it is itself. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at]))
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSame(a[key], b[key]))
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
