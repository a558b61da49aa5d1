import type { Act } from '../device/act.ts'

/** What was done in this tab and nobody has answered for yet, in order; it outlives any one leader. */
export interface Pending {
  /** @returns settles when it is answered */
  add(act: Act): { readonly n: number; readonly done: Promise<void> }
  answered(n: number, fault?: Error): void
  all(): readonly { readonly n: number; readonly act: Act }[]
  /** the lowest without an answer */
  open(): number
  /** resolves when all are answered */
  settled(): Promise<void>
  /** none of them will be done here */
  giveUp(fault: Error): void
}

interface Waiting {
  readonly n: number
  readonly act: Act
  readonly resolve: () => void
  readonly reject: (fault: Error) => void
  readonly done: Promise<void>
}

export const createPending = (): Pending => {
  const waiting = new Map<number, Waiting>()
  let last = 0
  const answered = (n: number, fault?: Error): void => {
    const one = waiting.get(n)
    waiting.delete(n)
    if (fault === undefined) one?.resolve()
    else one?.reject(fault)
  }
  return {
    add: act => {
      const n = ++last
      const { promise: done, resolve, reject } = withResolvers()
      waiting.set(n, { n, act, resolve, reject, done })
      return { n, done }
    },
    answered,
    all: () => [...waiting.values()],
    open: () => waiting.keys().next().value ?? last + 1,
    settled: async () => {
      await Promise.allSettled([...waiting.values()].map(({ done }) => done))
    },
    giveUp: fault => {
      for (const n of [...waiting.keys()]) answered(n, fault)
    },
  }
}

const withResolvers = (): {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (fault: Error) => void
} => {
  let resolve: () => void = () => {}
  let reject: (fault: Error) => void = () => {}
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
