import { type SyncMode, syncModes } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import type { Host } from '../device/host.ts'
import { createDerived, type Observable } from '../observe/observable.ts'
import type { Reading } from '../replica/replica.ts'
import { type Due, dueAt, type SyncChoice } from './schedule.ts'
import { choiceIn, timedIn } from './timed.ts'

/** When and how a device is brought up to date. */
export interface Sync extends Observable<SyncState> {
  /**
   * re-checks every row without downloading what has not changed (DS10), whatever the mode; resolves when device and relay
   * agree. @throws RejoinFault `offline`, `offline-mode`
   */
  refresh(): Promise<void>
  /** kept on the device. @throws RejoinFault `not-permitted` where the administrator does not allow it, `invalid` */
  setMode(choice: SyncChoice): Promise<void>
}

/** In force now; times in ms since 1970. */
export interface SyncState extends SyncChoice {
  /** what the administrator allows */
  readonly modes: readonly SyncMode[]
  /** by table: `at once` = as it changes, undefined = when the user says so */
  readonly next: Readonly<Record<string, Due>>
}

export interface SyncParts {
  readonly replica: Reading
  readonly act: (act: Act) => Promise<void>
  readonly host: Host
}

export const createSync = ({ replica, act, host }: SyncParts): Sync => {
  const state = createDerived(() => syncStateIn(replica, host.network?.metered() === true), host.report)
  replica.touched.subscribe(touched => {
    if (touched.state) state.stale()
  })
  host.network?.watch(() => state.stale())
  return {
    get current() {
      return state.current
    },
    subscribe: state.subscribe,
    refresh: () => act({ do: 'refresh' }),
    setMode: choice => act({ do: 'sync', choice }),
  }
}

const syncStateIn = ({ memory }: Reading, metered: boolean): SyncState => {
  const choice = choiceIn(memory)
  const blocked = choice.wifiOnly === true && metered
  return {
    ...choice,
    modes: memory.meta.grant?.syncModes ?? syncModes,
    next: Object.fromEntries(timedIn(memory).map(each => [each.table, blocked ? undefined : dueAt(choice, each)])),
  }
}
