import type { Fault } from '@rejoin/profile'

/**
 * Which actions a screen shows. In offline mode an action is there only where app, screen, function and placement all
 * allow it (OM5); where one forbids it the action is absent, not greyed (OM4), and the reason can be asked for. Pure.
 */
export interface AppActions {
  /** the app may be used offline */
  readonly offline: boolean
  /** by name */
  readonly screens: Readonly<Record<string, ActionScreen>>
  /** by name, as placements refer to them */
  readonly functions: Readonly<Record<string, ActionFunction>>
}

/** A screen and its buttons. */
export interface ActionScreen {
  /** the screen may be used in offline mode */
  readonly offline: boolean
  /** by name, in the order they are shown */
  readonly placements: Readonly<Record<string, Placement>>
}

/** What a button does, wherever it is placed. */
export interface ActionFunction {
  /** works without the network */
  readonly offline: boolean
}

/** One button: a function at a place of a screen. */
export interface Placement {
  /** name of an `ActionFunction` of the app */
  readonly function: string
  /** hides this one while its function stays available elsewhere; false where absent */
  readonly disableOffline?: boolean
}

/** @returns names of the placements a screen shows, in their order */
export const shownOn = (app: AppActions, screen: string, offline: boolean): readonly string[] =>
  Object.keys(app.screens[screen]?.placements ?? {}).filter(each => whyAbsent(app, screen, each, offline).length === 0)

/** @returns every reason why a placement is not shown; none where it is */
export const whyAbsent = (app: AppActions, screen: string, placement: string, offline: boolean): readonly Fault[] => {
  const shown = app.screens[screen]
  const placed = shown?.placements[placement]
  const runs = placed === undefined ? undefined : app.functions[placed.function]
  if (shown === undefined || placed === undefined || runs === undefined) {
    return [{ code: 'unknown', at: `screen ${screen}, ${placement}`, message: 'there is no such action' }]
  }
  if (!offline) return []
  return [
    ...(app.offline ? [] : [forbids('app', 'app', 'the app is not made for offline use')]),
    ...(shown.offline ? [] : [forbids('screen', `screen ${screen}`, 'this screen is not available offline')]),
    ...(runs.offline
      ? []
      : [
          forbids('function', `function ${placed.function}`, 'this function needs the network, and offline mode is on'),
        ]),
    ...(placed.disableOffline === true
      ? [forbids('placement', `screen ${screen}, ${placement}`, 'this action is turned off here in offline mode')]
      : []),
  ]
}

const forbids = (what: string, at: string, message: string): Fault => ({
  code: `${what}-forbids`,
  at,
  message,
  fix: 'leave offline mode to use it',
})
