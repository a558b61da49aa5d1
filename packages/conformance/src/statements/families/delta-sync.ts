import { family, type Family } from '../statement.ts'

export const deltaSync: Family = family('DS', 'delta sync', [
  [
    'DS1',
    'While connected the device refreshes on its own at the interval of each table (5 minutes by default); where the socket is open, changes are pushed at once unless interval, manual or Wi-Fi-only is in force, when only passes deliver.',
    'D*, R',
  ],
  ['DS2', 'A changed row in scope arrives with its new values.', 'P*'],
  ['DS3', 'A row that begins to match arrives; a row that stops matching is removed.', 'P'],
  ['DS4', 'A row enters or leaves because only a related row changed.', 'P'],
  [
    'DS5',
    "A row enters or leaves because it was shared, its owner's team or business unit changed, or the user's rights changed.",
    'P',
  ],
  ['DS6', 'A row enters or leaves because time passed, with no change on the server.', 'D*, R'],
  ['DS7', 'A deleted row is removed.', 'P'],
  ['DS8', 'Unchanged rows are not sent again; where nothing changed the pass costs one round trip and no rows.', 'P'],
  ['DS9', 'A pass on one table with a long interval may run earlier when a related table syncs.', 'D'],
  ['DS10', '"Refresh now" re-checks every row without downloading unchanged ones.', 'P'],
  ['DS11', 'Wi-Fi only, on a metered network: no automatic pass; back on Wi-Fi it runs.', 'P, N'],
  ['DS12', "Auto, longer interval, or manual: the user's choice within what the administrator allows.", 'P'],
  [
    'DS13',
    'After every pass device and relay agree on a fingerprint of the scope; a difference is found and repaired, and counted.',
    'R',
  ],
  [
    'DS14',
    'A row with unsent edits that left the scope keeps its edits; it is removed only after they are settled.',
    'R',
  ],
  [
    'DS15',
    'Rows the device itself created or edited stay readable for a grace period (default 24 h) after leaving the scope, marked out of scope (only for rows that left through the filter; lost rights remove at once).',
    'R',
  ],
  ['DS16', 'Opening a removed record answers "Record not found" with the reason.', 'D, R'],
])
