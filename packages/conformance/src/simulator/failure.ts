/** What a run found wrong: which promise is broken, and by what. Thrown anywhere inside a run; the step is added by who runs it. */
export class Broken extends Error {
  readonly promise: string
  readonly detail: string
  constructor(promise: string, detail: unknown) {
    const text = typeof detail === 'string' ? detail : JSON.stringify(detail)
    super(`${promise}: ${text}`)
    this.name = 'Broken'
    this.promise = promise
    this.detail = text
  }
}

export const broken = (promise: string, detail: unknown): never => {
  throw new Broken(promise, detail)
}

/** Equal as JSON with sorted keys: all the simulator compares are plain values. */
export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

/** Whatever is thrown inside a world is a promise broken: that of working at all. */
export const brokenBy = (error: unknown): Broken =>
  error instanceof Broken
    ? error
    : new Broken('no part of it stumbles', error instanceof Error ? (error.stack ?? error.message) : String(error))
