import type { Fault } from '@rejoin/profile'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { type AppActions, whyAbsent } from '../offline/actions.ts'
import type { OfflineMode, OfflineState } from '../offline/offline-mode.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { Progress } from '../session/progress.ts'
import type { Status } from '../status/status.ts'
import { useRejoin } from './context.ts'
import { useObservable } from './observable.ts'

/** What a person sees of the device at a glance, and what to do. */
export const useStatus = (): Status => useObservable(useRejoin().status)

/** Unsettled actions of this device, oldest first. An entry that says what it said is the same object. */
export const useOutbox = (): readonly OutboxEntry[] => useObservable(useRejoin().outbox)

/** How far the sync under way has come. */
export const useProgress = (): Progress => useObservable(useRejoin().progress)

/** Offline mode as it is drawn: its state, and what a button may call. */
export type OfflineModeNow = OfflineState & Pick<OfflineMode, 'turnOn' | 'turnOff' | 'download' | 'cancel'>

/** The user's setting, the dialog on the way into it, and what can be done about both. */
export const useOfflineMode = (): OfflineModeNow => {
  const { offline } = useRejoin()
  const state = useObservable(offline)
  return useMemo(() => {
    const { turnOn, turnOff, download, cancel } = offline
    return { ...state, turnOn, turnOff, download, cancel }
  }, [offline, state])
}

/** Whether a button is to be drawn. */
export type ActionNow =
  | { readonly available: true }
  /** to be left out, not greyed (OM4); at least one reason */
  | { readonly available: false; readonly reasons: readonly Fault[] }

/** Whether an action of a screen is there now, and why not. `app` is best kept outside the component. */
export const useAction = (app: AppActions, screen: string, placement: string): ActionNow => {
  const { offline } = useRejoin()
  // Of the mode alone: the dialog comes and goes without it.
  const look = useCallback(() => offline.current.on, [offline])
  const on = useSyncExternalStore(offline.subscribe, look, look)
  return useMemo(() => {
    const reasons = whyAbsent(app, screen, placement, on)
    return reasons.length === 0 ? { available: true } : { available: false, reasons }
  }, [app, screen, placement, on])
}
