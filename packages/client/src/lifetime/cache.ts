import type { Act } from '../device/act.ts'
import type { Observable } from '../observe/observable.ts'
import { idsIn, readUnsent, type Unsent } from '../outbox/unsent.ts'
import type { CacheState } from './cache-state.ts'

/** What a device keeps of the relay's records, how long it may be read, and its end. */
export interface Cache extends Observable<CacheState> {
  /**
   * downloads at these times, ms since 1970, though nobody is connected then; one that cannot be made stays due until
   * it was (CA6). Replaces what was set before.
   */
  schedule(times: readonly number[]): Promise<void>
  /**
   * removes the records, by default never unsent work (CA4); ends the session: the next one downloads again
   * @throws RejoinFault `unsent`, `invalid` for a file that is none; then nothing was removed
   */
  clear(options?: UnsentChoice): Promise<void>
  /**
   * clears the local database and closes the device; the next opening begins with a first sync (CA5)
   * @throws RejoinFault `unsent` where unsent work or drafts would be lost; then nothing was removed
   */
  reset(options?: UnsentChoice): Promise<void>
}

/** What becomes of work that was not sent, where records go; without a choice nothing of it may be lost. */
export interface UnsentChoice {
  /** the user confirms: it is given up, or it is in this file (from `outbox.export()`) */
  readonly unsent?: 'discard' | { readonly file: string }
}

export interface CacheParts {
  readonly state: Observable<CacheState>
  readonly act: (act: Act) => Promise<void>
  readonly close: () => Promise<void>
}

export const createCache = ({ state, act, close }: CacheParts): Cache => ({
  get current() {
    return state.current
  },
  subscribe: state.subscribe,
  schedule: times => act({ do: 'schedule', times }),
  clear: async choice => act({ do: 'clear', unsent: chosen(choice) }),
  reset: async choice => {
    await act({ do: 'wipe', unsent: chosen(choice) })
    await close()
  },
})

const chosen = ({ unsent }: UnsentChoice = {}): Unsent =>
  typeof unsent === 'object' ? { exported: idsIn(readUnsent(unsent.file)) } : (unsent ?? 'keep')
