/**
 * Locks that the tabs of one browser share; the shape of `navigator.locks`, cut to what is needed here. A tab that
 * ends, in whatever way, lets go of what it holds; one that is frozen does not.
 */
export interface LockPort {
  /**
   * Calls `held` when the lock is the caller's, in the order of the requests, and lets go when `held` has settled;
   * resolves then. `steal` takes it at once from whoever holds it, before all who wait.
   * Rejects with an `AbortError` where `signal` ended the waiting, or another has stolen the lock.
   */
  request(
    name: string,
    options: { readonly signal?: AbortSignal } | { readonly steal: true },
    held: () => Promise<void>,
  ): Promise<void>
}

/** Tabs of one process, for Node and for tests: the same locks without a browser. */
export interface LockSpace {
  /** a tab comes in; `leave` is its end: nothing it held or waited for is left */
  enter(): LockPort & { leave(): void }
}

interface Claim {
  readonly tab: object
  readonly grant: () => void
  readonly reject: (error: DOMException) => void
}

/** Locks among callers of one program: hand each device `enter()` of the same space. */
export const createLockSpace = (): LockSpace => {
  const queues = new Map<string, Claim[]>()
  const holders = new Map<string, Claim>()

  const grantNext = (name: string): void => {
    if (holders.has(name)) return
    const [next, ...rest] = queues.get(name) ?? []
    if (next === undefined) return void queues.delete(name)
    queues.set(name, rest)
    holders.set(name, next)
    next.grant()
  }
  const drop = (name: string, claim: Claim): void => {
    if (holders.get(name) === claim) holders.delete(name)
    queues.set(
      name,
      (queues.get(name) ?? []).filter(each => each !== claim),
    )
    grantNext(name)
  }

  return {
    enter: () => {
      const tab = {}
      return {
        request: (name, options, held) =>
          new Promise<void>((resolve, reject) => {
            const signal = 'signal' in options ? options.signal : undefined
            if (signal?.aborted === true) return reject(aborted())
            const onAbort = (): void => claim.reject(aborted())
            const settle = (end: () => void): void => {
              signal?.removeEventListener('abort', onAbort)
              drop(name, claim)
              end()
            }
            const claim: Claim = {
              tab,
              grant: () => {
                signal?.removeEventListener('abort', onAbort)
                // Not in the turn of whoever let go.
                void Promise.resolve()
                  .then(held)
                  .then(
                    () => settle(resolve),
                    (error: unknown) => settle(() => reject(error as Error)),
                  )
              },
              reject: error => settle(() => reject(error)),
            }
            signal?.addEventListener('abort', onAbort)
            const robbed = 'steal' in options ? holders.get(name) : undefined
            queues.set(
              name,
              'steal' in options ? [claim, ...(queues.get(name) ?? [])] : [...(queues.get(name) ?? []), claim],
            )
            if (robbed === undefined) grantNext(name)
            else robbed.reject(aborted())
          }),
        leave: () => {
          for (const [name, claims] of queues)
            queues.set(
              name,
              claims.filter(each => each.tab !== tab),
            )
          for (const [name, claim] of [...holders]) if (claim.tab === tab) drop(name, claim)
        },
      }
    },
  }
}

const aborted = (): DOMException => new DOMException('the lock was taken away or not waited for', 'AbortError')
