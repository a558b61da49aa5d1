import { family, type Family } from '../statement.ts'

export const status: Family = family('ST', 'status', [
  ['ST1', 'Six states with an icon each: connected, not connected, syncing, pending changes, error, warning.', 'P*'],
  [
    'ST2',
    'Precedence when several hold: error, warning, syncing, pending, link. Not connected with pending shows pending and says both.',
    'P, R',
  ],
  ['ST3', 'Selecting the icon gives a clear description of the state and what to do.', 'P*'],
  [
    'ST4',
    'A status page: per table rows, last sync, next sync, storage used, pending edits (rows and operations), files, last error.',
    'P, D',
  ],
  ['ST5', 'Whether device and server agree is shown in both directions.', 'P*'],
  ['ST6', 'Each pass emits one telemetry event: kind, result, tables, rows, bytes, duration, repaired rows.', 'P'],
])
