import type { Fault } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { RejoinFault } from '../device/fault.ts'
import type { CacheState } from '../lifetime/cache-state.ts'
import { createSource, type Observable } from '../observe/observable.ts'
import type { Reading } from '../replica/replica.ts'
import type { LinkStatus } from '../session/link.ts'
import { isPushed } from '../sync/schedule.ts'
import { choiceIn } from '../sync/timed.ts'
import { closed, type Dialog, type DialogEvent, nextStep } from './dialog.ts'

/**
 * Offline mode is the user's setting: while it is on nothing is said over the network, connected or not (OM6), also
 * after a restart. Whether there is a link is another fact (`rejoin.link`, OM7).
 */
export interface OfflineMode extends Observable<OfflineState> {
  /** with a downloaded cache it is on when this resolves; without one the dialog asks to download first (OM1) */
  turnOn(): Promise<void>
  /** entries go by themselves again, unless the queue is paused (OB3) */
  turnOff(): Promise<void>
  /**
   * Downloads, or brings up to date, and leaves the choice to the user (OM2). Resolves when everything is here.
   * @throws RejoinFault of what stopped it; the dialog tells the same. What was here before stays.
   */
  download(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** closes the dialog; what has begun to come goes on coming */
  cancel(): void
  /** @returns stops it; until then this follows the setting: for whatever else speaks over the network (documents) */
  govern(line: { connect(): void; disconnect(): void }): () => void
}

/** The setting, and what a person is being asked about it. Plain data. */
export interface OfflineState {
  /** nothing is said over the network */
  readonly on: boolean
  /** to be shown on every screen (OM3) */
  readonly banner: 'Offline Mode' | undefined
  /** what to show on the way into offline mode; `closed` for nothing */
  readonly dialog: Dialog
}

export interface OfflineParts {
  readonly replica: Reading
  readonly act: (act: Act) => Promise<void>
  readonly link: Observable<LinkStatus>
  readonly cache: Observable<CacheState>
  /** what else belongs to a download: selections the user added (OM10) */
  readonly also: () => Promise<void>
  readonly report: (error: unknown) => void
}

export const createOfflineMode = ({ replica, act, link, cache, also, report }: OfflineParts): OfflineMode => {
  const isOn = (): boolean => replica.memory.meta.offline === true
  const state = createSource(stateOf(isOn(), closed), report)
  const show = (dialog: Dialog): void => {
    const { current } = state
    if (current.on !== isOn() || current.dialog !== dialog) state.set(stateOf(isOn(), dialog))
  }
  const move = (event: DialogEvent): void => show(nextStep(state.current.dialog, event))
  replica.touched.subscribe(({ state: moved }) => {
    if (moved) show(state.current.dialog)
  })

  return {
    get current() {
      return state.current
    },
    subscribe: state.subscribe,
    turnOn: async () => {
      const downloaded = isReadable(cache.current)
      if (downloaded) await act({ do: 'mode', offline: true })
      move({ type: 'turned on', downloaded })
    },
    turnOff: async () => {
      await act({ do: 'mode', offline: false })
      move({ type: 'turned off' })
    },
    download: async ({ signal } = {}) => {
      move({ type: 'download' })
      try {
        if (isOn()) await act({ do: 'mode', offline: false })
        await act({ do: 'connect' })
        await complete(link, cache, signal)
        // Connecting brings nothing where only passes do.
        if (!isPushed(choiceIn(replica.memory))) await act({ do: 'refresh' })
        await also()
        move({ type: 'downloaded' })
      } catch (error) {
        if (error instanceof RejoinFault) move({ type: 'failed', fault: error.fault })
        else move({ type: 'cancel' })
        throw error
      }
    },
    cancel: () => move({ type: 'cancel' }),
    govern: line => {
      let on: boolean | undefined
      const follow = (now: boolean): void => {
        if (now === on) return
        on = now
        if (now) line.disconnect()
        else line.connect()
      }
      follow(isOn())
      return state.subscribe(({ on: now }) => follow(now))
    },
  }
}

const stateOf = (on: boolean, dialog: Dialog): OfflineState => ({
  on,
  banner: on ? 'Offline Mode' : undefined,
  dialog,
})

export const isReadable = ({ state }: CacheState): boolean => state === 'fresh' || state === 'expiring'

/** Live: everything is here and agreed on. */
const complete = (
  link: Observable<LinkStatus>,
  cache: Observable<CacheState>,
  signal: AbortSignal | undefined,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      for (const stop of stops) stop()
      signal?.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      end()
      reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)))
    }
    const look = (): void => {
      const { state, fault } = link.current
      if (fault !== undefined) {
        end()
        reject(faultFrom(fault))
      } else if (state === 'live' && isReadable(cache.current)) {
        end()
        resolve()
      }
    }
    const stops: (() => void)[] = [link.subscribe(look), cache.subscribe(look)]
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
    else look()
  })

const faultFrom = ({ code, message, fix }: Fault): RejoinFault =>
  new RejoinFault({ code: code as RejoinFault['code'], message, ...(fix === undefined ? {} : { fix }) })
