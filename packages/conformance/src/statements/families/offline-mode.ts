import { family, type Family } from '../statement.ts'

export const offlineMode: Family = family('OM', 'offline mode', [
  [
    'OM1',
    'Offline mode is a setting the user toggles; without a downloaded cache it asks to download first, and is not entered before one exists.',
    'N*',
  ],
  ['OM2', 'Finishing a download does not itself switch offline.', 'N'],
  ['OM3', 'While on, a banner "Offline Mode" shows on every screen.', 'N*'],
  [
    'OM4',
    'Actions not configured for offline use are absent, not greyed; back online they return. The reason can be asked for.',
    'N*, R',
  ],
  ['OM5', 'App, screen, function and placement each can forbid offline use; all must allow it.', 'N'],
  ['OM6', 'In offline mode no network call is made, connected or not.', 'N*'],
  ['OM7', 'Losing the link is not offline mode: two separate facts (mode, link), both observable.', 'P, R'],
  [
    'OM8',
    'Online-only capabilities call the online API explicitly; without a link they fail at once with a typed error, never silently local.',
    'D*',
  ],
  ['OM9', 'The online API reaches tables and rows outside the profile.', 'P'],
  ['OM10', 'Plan ahead: a selection of records or a saved view can be added to the download before leaving.', 'N*'],
  ['OM11', 'Switching user or environment while unsent edits exist is refused or asks; nothing is dropped.', 'N, R'],
])
