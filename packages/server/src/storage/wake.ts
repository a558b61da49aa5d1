/**
 * How relays over one environment learn that another has committed. A hint and no more: it may come late, come twice, or
 * come though there is nothing new; `snapshot` says what is. One that is lost is made up for within `SWEEP`.
 */
export interface Wake {
  /** this relay has committed up to `rev`: the others are told soon, several commits at once */
  notify(rev: number): void
  /** @returns how to stop listening */
  onWake(listener: () => void): () => void
  close(): Promise<void>
}

/** How long a commit of another relay may stay unseen, ms. */
export const SWEEP = 4_000

/** For a database that no other relay can share. */
export const noWake: Wake = {
  notify: () => {},
  onWake: () => () => {},
  close: async () => {},
}
