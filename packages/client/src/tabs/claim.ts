import type { LockPort } from './locks.ts'

/** A tab's claim on the one lock: waiting for it, holding it, taking it from who holds it without a sign of life. */
export interface Claim {
  /** this hold of the lock; another object each time */
  readonly held: object | undefined
  wait(): void
  steal(): void
  /** lets go of it, or waits no more */
  release(): void
}

export interface ClaimParts {
  readonly locks: LockPort
  readonly name: string
  readonly granted: (hold: object) => void
  /** another tab has stolen it */
  readonly robbed: () => void
  readonly failed: (error: unknown) => void
}

export const createClaim = ({ locks, name, granted, robbed, failed }: ClaimParts): Claim => {
  let held: { readonly release: () => void } | undefined
  let waiting: AbortController | undefined

  const request = async (how: { readonly signal: AbortSignal } | { readonly steal: true }): Promise<void> => {
    let mine: typeof held
    try {
      await locks.request(
        name,
        how,
        () =>
          new Promise(release => {
            held = mine = { release }
            granted(held)
          }),
      )
    } catch (error) {
      if (mine !== undefined && held === mine) {
        held = undefined
        return robbed()
      }
      if (!(error instanceof DOMException) || error.name !== 'AbortError') failed(error)
    }
  }
  return {
    get held() {
      return held
    },
    wait: () => {
      waiting = new AbortController()
      void request({ signal: waiting.signal })
    },
    steal: () => {
      waiting?.abort()
      void request({ steal: true })
    },
    release: () => {
      waiting?.abort()
      held?.release()
      held = undefined
    },
  }
}
