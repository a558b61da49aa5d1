import { createDerived, type Observable } from '../observe/observable.ts'
import { kept } from '../observe/same.ts'
import { keyFrom } from '../replica/memory.ts'
import type { Reading } from '../replica/replica.ts'
import { type Readiness, readinessOf } from './readiness.ts'
import { reachedFrom, relatedIn } from './related.ts'

/** Whether records can be worked on without a network, as long as somebody wants to know. */
export interface LiveReadiness extends Observable<Readiness> {
  /** not told any more; `current` stays as it is */
  close(): void
}

export interface ReadinessParts {
  readonly replica: Reading
  readonly documents?: Observable<ReadonlySet<string>> | undefined
  readonly report: (error: unknown) => void
}

/** Which records: one, or whatever a query selects. */
export type Watched =
  | { readonly id: string }
  | { readonly ids: () => readonly string[]; readonly subscribe: (moved: () => void) => () => void; close(): void }

export const watchReadiness = (
  { replica, documents, report }: ReadinessParts,
  table: string,
  watched: Watched,
): LiveReadiness => {
  const whole = !('id' in watched)
  const now = (): Readiness =>
    readinessOf(replica, {
      table,
      ids: whole ? watched.ids() : [watched.id],
      whole,
      documents: documents?.current,
    })
  const derived = createDerived<Readiness>(before => kept(before, now()), report)
  const concerns = (each: string): boolean =>
    replica.grant === undefined || reachedFrom(relatedIn(replica.grant), table).has(each)
  const stops = [
    replica.touched.subscribe(({ records, tables, state }) => {
      if (state || [...tables].some(concerns) || [...records].some(key => concerns(keyFrom(key).table))) derived.stale()
    }),
    ...(documents === undefined ? [] : [documents.subscribe(derived.stale)]),
    ...(whole ? [watched.subscribe(derived.stale), watched.close] : []),
  ]
  return {
    get current() {
      return derived.current
    },
    subscribe: derived.subscribe,
    close: () => {
      for (const stop of stops) stop()
    },
  }
}
