/**
 * The whole observation API: what is, and word when it changes. A subscriber is not told the present value; it
 * reads `current`. Subscribers run after the change is durable, in the order they subscribed.
 */
export interface Observable<T> {
  /** what is, now; the same object as long as it says the same */
  readonly current: T
  /** @returns stops it */
  subscribe(listener: (value: T) => void): () => void
}

/** An observable with its writing end. */
export interface Source<T> extends Observable<T> {
  /** the same value, by identity, tells nobody */
  set(value: T): void
}

/**
 * An observable of your own, with its `set`; setting what is there already tells nobody.
 * @param report hears what a subscriber threw; the others are told all the same
 */
export const createSource = <T>(initial: T, report: (error: unknown) => void): Source<T> => {
  let current = initial
  const told = createListeners<T>(report)
  return {
    get current() {
      return current
    },
    subscribe: told.subscribe,
    set: value => {
      if (Object.is(value, current)) return
      current = value
      told.tell(value)
    },
  }
}

/** An observable that is computed from others. */
export interface Derived<T> extends Observable<T> {
  /** what it is made of has changed: compute again when somebody looks */
  stale(): void
}

/**
 * Computed when it is looked at, not when it changes: nobody pays for lists nobody shows. `compute` may give back the
 * value it gave before; then nobody is told.
 */
export const createDerived = <T>(
  compute: (before: T | undefined) => T,
  report: (error: unknown) => void,
): Derived<T> => {
  let known: { readonly value: T } | undefined
  let fresh = false
  const told = createListeners<T>(report)
  const look = (): T => {
    if (!fresh || known === undefined) known = { value: compute(known?.value) }
    fresh = true
    return known.value
  }
  return {
    get current() {
      return look()
    },
    subscribe: told.subscribe,
    stale: () => {
      const before = known
      fresh = false
      if (!told.any()) return
      const value = look()
      if (before === undefined || !Object.is(before.value, value)) told.tell(value)
    },
  }
}

/** Resolves with the first value that fits, at once where the present one does. Rejects with the signal's reason. */
export const whenever = <T>(
  observable: Observable<T>,
  fits: (value: T) => boolean,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<T> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(asError(signal.reason))
    if (fits(observable.current)) return resolve(observable.current)
    const end = (): void => {
      stop()
      signal?.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      end()
      reject(asError(signal?.reason))
    }
    const stop = observable.subscribe(value => {
      if (!fits(value)) return
      end()
      resolve(value)
    })
    signal?.addEventListener('abort', abort)
  })

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))

export interface Listeners<T> {
  subscribe(listener: (value: T) => void): () => void
  tell(value: T): void
  any(): boolean
}

export const createListeners = <T>(report: (error: unknown) => void): Listeners<T> => {
  // A cell per subscription: the same function may subscribe twice.
  const cells = new Set<{ readonly listener: (value: T) => void }>()
  /** as they were when somebody was told last: who comes or goes meanwhile changes nothing of it */
  let listed: readonly { readonly listener: (value: T) => void }[] | undefined
  return {
    subscribe: listener => {
      const cell = { listener }
      cells.add(cell)
      listed = undefined
      return () => {
        cells.delete(cell)
        listed = undefined
      }
    },
    tell: value => {
      listed ??= [...cells]
      for (const { listener } of listed) {
        try {
          listener(value)
        } catch (error) {
          report(error)
        }
      }
    },
    any: () => cells.size > 0,
  }
}
