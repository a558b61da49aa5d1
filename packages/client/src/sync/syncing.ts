import { RejoinFault } from '../device/fault.ts'
import type { Host } from '../device/host.ts'
import type { Replica } from '../replica/replica.ts'
import type { LinkStatus } from '../session/link.ts'
import { isPushed, nextPass } from './schedule.ts'
import { choiceIn, timedIn } from './timed.ts'

/** Asks for passes when they are due, or when somebody wants one. */
export interface Syncing {
  /** a session is about to greet. @returns whether changes are to be pushed to it */
  greeting(): boolean
  moved(status: LinkStatus): void
  /** something may be due */
  look(): void
  /** the user has chosen otherwise */
  chosen(): void
  /** DS10: resolves when every table was compared. @throws RejoinFault `offline` where the relay cannot be reached */
  refresh(): Promise<void>
  stop(): void
}

export interface SyncingParts {
  readonly replica: Replica
  readonly host: Host
  /** a download set ahead is due (CA6) */
  readonly isDue: () => boolean
  readonly pass: (tables: readonly string[]) => void
  /** greets the relay anew, where there is a session */
  readonly again: () => void
}

/** ms between looks at most: a machine that slept, or a clock that was set, is noticed by then */
const SELDOM = 10 * 60_000

interface Wanted {
  readonly resolve: () => void
  readonly reject: (fault: RejoinFault) => void
}

export const createSyncing = ({ replica, host, isDue, pass, again }: SyncingParts): Syncing => {
  const { memory } = replica
  let link: LinkStatus['state'] = 'offline'
  let live = true
  /** the pass under way brings every table */
  let whole = false
  let wanted: Wanted[] = []
  let cancel = (): void => {}

  const look = (): void => {
    cancel()
    if (link !== 'live') return
    const now = host.now()
    const tables = timedIn(memory)
    if (wanted.length > 0 || isDue()) return begin(tables.map(({ table }) => table))
    const next = nextPass(choiceIn(memory), tables, now, host.network?.metered() === true)
    if (next === undefined) return
    if (next.at <= now) return begin(next.tables)
    cancel = host.after(Math.min(next.at - now, SELDOM), look)
  }

  const begin = (tables: readonly string[]): void => {
    whole = tables.length === memory.meta.grant?.tables.length
    pass(tables)
  }

  const settle = (end: (each: Wanted) => void): void => {
    const ended = wanted
    wanted = []
    for (const each of ended) end(each)
  }

  const stopWatching = host.network?.watch(look)

  return {
    greeting: () => (whole = live = isPushed(choiceIn(memory))),
    moved: ({ state, retryAt, fault }) => {
      link = state
      if (state === 'live') {
        if (whole) settle(({ resolve }) => resolve())
        whole = false
        look()
      } else if (state === 'offline' && (retryAt !== undefined || fault !== undefined)) {
        settle(({ reject }) => reject(unreachable()))
      }
    },
    look,
    chosen: () => {
      if (link !== 'offline' && live !== isPushed(choiceIn(memory))) again()
      else look()
    },
    refresh: () =>
      new Promise((resolve, reject) => {
        if (memory.meta.offline === true) return reject(offlineMode())
        wanted.push({ resolve, reject })
        look()
      }),
    stop: () => {
      cancel()
      stopWatching?.()
      settle(({ reject }) => reject(unreachable()))
    },
  }
}

const unreachable = (): RejoinFault =>
  new RejoinFault({ code: 'offline', message: 'the relay cannot be reached', fix: 'find a network, then try again' })

const offlineMode = (): RejoinFault =>
  new RejoinFault({ code: 'offline-mode', message: 'offline mode is on', fix: 'leave offline mode first' })
