import type { Fault } from '@rejoin/profile'
import { createDerived, type Observable } from '../observe/observable.ts'
import { type AppActions, shownOn, whyAbsent } from './actions.ts'
import type { OfflineState } from './offline-mode.ts'

/** The actions of an app as they are to be shown now. */
export interface Available {
  /** names of the placements of a screen that are there; others are absent (OM4) */
  on(screen: string): Observable<readonly string[]>
  /** why a placement is not there; empty where it is */
  why(screen: string, placement: string): readonly Fault[]
}

export const createAvailable = (
  app: AppActions,
  offline: Observable<OfflineState>,
  report: (error: unknown) => void,
): Available => ({
  on: screen => {
    const shown = createDerived(() => shownOn(app, screen, offline.current.on), report)
    let { on } = offline.current
    // Dialogs come and go; what is shown changes with the mode alone.
    offline.subscribe(now => {
      if (now.on === on) return
      on = now.on
      shown.stale()
    })
    return shown
  },
  why: (screen, placement) => whyAbsent(app, screen, placement, offline.current.on),
})
